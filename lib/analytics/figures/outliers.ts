import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { CommandSchema } from '#devices/command.ts';
import { type Execution, isFinal } from '#executions/execution.ts';
import { listExecutions } from '#executions/execution-store.ts';
import { getVersion, getWorkflow } from '#executions/workflow-store.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { withoutPersonal } from '../personal.ts';
import type { Period } from '../read-log.ts';
import { type Outlier, outliersAmong, type Sample } from './outlier-tests.ts';

/** What goes with executions of a workflow that failed, or were slow. Times in ms since the epoch. */
export interface Outliers extends Period {
  readonly workflow: string;
  readonly of: 'failed' | 'slow';
  /** How many executions were looked at, and how many of them failed or were slow. */
  readonly executions: number;
  readonly bad: number;
  /** Of how many of them the devices were looked at. */
  readonly withDevices: number;
  /** From how many ms on one counts as slow. */
  readonly slowFromMs?: number;
  /** False where there are more executions than were read: the newest were. */
  readonly isWhole: boolean;
  readonly tested: number;
  readonly found: readonly Outlier[];
}

const MOST_EXECUTIONS = 2_000;
/** Of so many of them, devices are looked at, by so many commands of each. */
const MOST_WITH_DEVICES = 500;
const MOST_COMMANDS = 100;
const AT_ONCE = 20;
/** The slowest tenth is slow. */
const SLOW = 0.9;

/** Looks at the newest executions of a period, and tells by which version, caller, input, device, type or zone more of them are bad than by chance. */
export async function outliersOf(
  table: Table,
  { workflow, of, from, to }: Period & Pick<Outliers, 'workflow' | 'of'>,
): Promise<Outliers> {
  await getWorkflow(table, workflow);
  const { executions, isWhole } = await newest(table, workflow, { from, to });
  const slowFromMs = of === 'slow' ? slowFrom(executions) : undefined;
  const judged = executions.filter(({ status }) =>
    of === 'slow' ? status === 'SUCCEEDED' : status !== 'STOPPED',
  );
  const samples: Sample[] = [];
  const schemaOf = schemasOf(table, workflow);
  for (let at = 0; at < judged.length; at += AT_ONCE) {
    const some = judged.slice(at, at + AT_ONCE).map(async (execution, place): Promise<Sample> => {
      const hasDevices = at + place < MOST_WITH_DEVICES;
      const devices = hasDevices ? await devicesOf(table, execution.id) : undefined;
      return {
        isBad: of === 'slow' ? tookMs(execution) >= (slowFromMs ?? 0) : execution.status !== 'SUCCEEDED',
        values: { ...inputOf(execution, await schemaOf(execution.version)), ...ownValues(execution) },
        ...(devices === undefined ? {} : { sets: devices }),
      };
    });
    samples.push(...(await Promise.all(some)));
  }
  const { tested, found } = outliersAmong(samples);
  return {
    ...{ workflow, of, from, to, isWhole, tested, found, executions: samples.length },
    bad: samples.filter(({ isBad }) => isBad).length,
    withDevices: samples.filter(({ sets }) => sets !== undefined).length,
    ...(slowFromMs === undefined ? {} : { slowFromMs }),
  };
}

async function newest(
  table: Table,
  workflow: string,
  { from, to }: Period,
): Promise<{ readonly executions: readonly Execution[]; readonly isWhole: boolean }> {
  const executions: Execution[] = [];
  let cursor: string | undefined;
  let read = 0;
  do {
    const page: Awaited<ReturnType<typeof listExecutions>> = await listExecutions(table, {
      ...{ workflow, day: '', limit: 200, cursor },
    });
    read += page.executions.length;
    executions.push(
      ...page.executions.filter(
        ({ status, startedAt }) => isFinal(status) && startedAt >= from && startedAt < to,
      ),
    );
    cursor = page.cursor;
    // Ids are in the order of time, but for those that were given.
    if (page.executions.every(({ startedAt }) => startedAt < from)) return { executions, isWhole: true };
  } while (cursor !== undefined && read < MOST_EXECUTIONS);
  return { executions, isWhole: cursor === undefined };
}

function tookMs({ startedAt, endedAt = startedAt }: Execution): number {
  return endedAt - startedAt;
}

function slowFrom(executions: readonly Execution[]): number {
  const times = executions.filter(({ status }) => status === 'SUCCEEDED').map(tookMs);
  times.sort((one, other) => one - other);
  return Math.max(1, times[Math.floor(SLOW * times.length)] ?? 1);
}

function ownValues({ version, alias, startedBy }: Execution): JsonObject {
  return {
    version,
    ...(alias === undefined ? {} : { alias }),
    ...(startedBy === undefined ? {} : { 'started by': startedBy }),
  };
}

/** Fields of the input, and of objects in it, as `input.site`; what its schema marks as personal is not looked at. */
function inputOf({ input }: Execution, schema: Json | undefined): JsonObject {
  const shown = withoutPersonal(input, schema);
  if (!isJsonObject(shown)) return {};
  return Object.fromEntries(
    Object.entries(shown).flatMap(([name, value]): (readonly [string, Json])[] =>
      isJsonObject(value)
        ? Object.entries(value).map(([inner, each]) => [`input.${name}.${inner}`, each ?? null] as const)
        : [[`input.${name}`, value ?? null]],
    ),
  );
}

/** The schemas of inputs by version, each read once. */
function schemasOf(table: Table, workflow: string): (version: string) => Promise<Json | undefined> {
  const known = new Map<string, Promise<Json | undefined>>();
  return (version) => {
    const schema =
      known.get(version) ?? getVersion(table, workflow, version).then(({ compiled }) => compiled.inputSchema);
    known.set(version, schema);
    return schema;
  };
}

const DeviceSchema = CommandSchema.pick({ device: true, deviceType: true, deviceZone: true });

async function devicesOf(table: Table, id: string): Promise<NonNullable<Sample['sets']>> {
  const { items } = await table.query({
    ...{ partition: executionKeys.partition(id), prefix: executionKeys.commandPrefix, limit: MOST_COMMANDS },
  });
  const commands = items.map((item) => DeviceSchema.parse(item));
  return {
    device: commands.map(({ device }) => device),
    type: commands.flatMap(({ deviceType = [] }) => deviceType),
    zone: commands.flatMap(({ deviceZone = [] }) => deviceZone),
  };
}
