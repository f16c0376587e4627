import type { HealthRequest } from '#compiler/rollout-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { commandsOf } from '#devices/command-store.ts';
import { findDevice } from '#devices/registry.ts';
import { asSelected } from '#devices/select.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

/** What a rollout has come to so far, as its health is judged by. */
export type Outlook = JsonObject & {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
};

/** Whether what must hold between two waves does; an expression that fails fails the step with Step.InvalidArguments. */
export async function isHealthy(
  table: Table,
  request: HealthRequest,
): Promise<{ readonly holds: boolean; readonly outlook: Outlook }> {
  const { until, bindings } = request;
  const outlook = await outlookOf(table, request);
  try {
    const holds = (await evaluate(until, { bindings: { ...bindings, result: outlook } })) === true;
    return { holds, outlook };
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new RuntimeError('Step.InvalidArguments', `{% ${until} %} failed: ${cause.message}`, { cause });
  }
}

async function outlookOf(table: Table, request: HealthRequest): Promise<Outlook> {
  const { execution, rollout, devices, total, until } = request;
  const counted = await table.get(executionKeys.tolerance(execution, rollout));
  return {
    ...{ done: devices.length, failed: Number(counted?.['failed'] ?? 0), total },
    ...(reads(until, 'devices') ? { devices: await devicesAsTheyAre(table, devices) } : {}),
    ...(reads(until, 'commands') ? { commands: await commandsSoFar(table, request) } : {}),
  };
}

/** What an expression does not read need not be fetched. */
function reads(text: string, field: string): boolean {
  return parseExpression(text).variables.some(
    ({ name, fields: [first] }) => name === 'result' && (first === undefined || first === field),
  );
}

const AT_ONCE = 50;

async function devicesAsTheyAre(table: Table, ids: readonly string[]): Promise<Json[]> {
  const found: Json[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const page = await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => findDevice(table, id)));
    found.push(...page.flatMap((device) => (device === undefined ? [] : [asSelected(device)])));
  }
  return found;
}

/** Without those that undo others. */
async function commandsSoFar(table: Table, { execution, rollout }: HealthRequest): Promise<Json[]> {
  const commands = await commandsOf(table, execution);
  return commands
    .filter((command) => command.undoes === undefined && command.path?.startsWith(`${rollout}[`))
    .map(({ device, command, path = '', status, result, error }) => ({
      ...{ device, command, path, status },
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
    }));
}
