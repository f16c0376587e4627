import { z } from 'zod';
import { UnwindInputSchema } from '#compiler/task-payload.ts';
import { assertNever } from '#core/assert-never.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { type Command, dueAt, OPEN } from '#devices/command.ts';
import { commandsOf, isUnder } from '#devices/command-store.ts';
import { cancelQueuedCommands, expireCommand } from '#devices/expire.ts';
import { markByReportedState } from '#devices/marks.ts';
import { findDevice } from '#devices/registry.ts';
import { verdictByReportedState } from '#devices/verdict.ts';
import { commandKey } from '#table/keys.ts';
import { getExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { isLeftBehind, isToBeUndone } from './saga.ts';
import { settleRollback } from './settle.ts';
import { askRequest, nextCommands, undoRequest } from './unwind-plan.ts';
import { hasCharge } from './unwind-run.ts';
import { getVersion } from './workflow-store.ts';

const GiveUpSchema = z.object({
  action: z.literal('give-up'),
  id: z.string(),
  round: z.number().int(),
  error: z.string(),
  cause: z.string(),
});

/** What the unwind machine asks for: the next layer, to note an undo as failed for good, and to close. */
export const UnwindRequestSchema = z.discriminatedUnion('action', [
  UnwindInputSchema.extend({
    action: z.literal('next'),
    /** Events of its history that it has used up, at most. */
    spent: z.number().int(),
  }),
  GiveUpSchema,
  UnwindInputSchema.extend({ action: z.literal('finish') }),
]);

/** What the unwind machine asks for. */
export type UnwindRequest = z.infer<typeof UnwindRequestSchema>;

/** How much one unwind machine takes on. */
export interface UnwindLimits {
  /**
   * So many events of its history may be used up before it goes on in another. A history takes 25,000, of which waiting for
   * commands in flight takes up to 4,000.
   */
  readonly events: number;
}

const LIMITS: UnwindLimits = { events: 20_000 };

/** Does what the unwind machine asks for. Fails with Saga.InFlight while commands may still be answered. */
export async function unwind(
  ports: ExecutionPorts,
  request: UnwindRequest,
  limits: UnwindLimits = LIMITS,
): Promise<Json> {
  switch (request.action) {
    case 'next':
      return nextLayer(ports, request, limits);
    case 'give-up':
      await giveUp(ports, request);
      return {};
    case 'finish':
      return finish(ports, request);
    default:
      return assertNever(request);
  }
}

type Next = Extract<UnwindRequest, { action: 'next' }>;
type Scope = z.infer<typeof UnwindInputSchema>;

/** Events of a layer by itself, and of a command that is tried four times and given up. */
const EVENTS = { layer: 14, command: 26 } as const;

/** Requests handed out at once: a payload takes 256 KiB. */
const PART = { commands: 400, bytes: 150_000 } as const;

async function nextLayer(ports: ExecutionPorts, scope: Next, limits: UnwindLimits): Promise<Json> {
  if (scope.scope === '' && !(await hasCharge(ports.table, scope))) return { next: 'finish' };
  await cancelQueuedCommands(ports, scope);
  await waitForOpen(ports, await commandsUnder(ports, scope));
  const requests = await nextRequests(ports, scope);
  if (requests.length === 0) return { next: 'finish' };
  const { spent } = scope;
  const room = Math.floor((limits.events - spent - EVENTS.layer) / EVENTS.command);
  if (room <= 0 && spent > 0) return { next: 'go on' };
  const part = partOf(requests, Math.max(1, Math.min(room, PART.commands)));
  return { next: 'undo', requests: part, spent: spent + EVENTS.layer + part.length * EVENTS.command };
}

async function commandsUnder({ table }: ExecutionPorts, { execution, scope }: Scope): Promise<Command[]> {
  return (await commandsOf(table, execution)).filter((command) => isUnder(command, scope));
}

/** What may still be answered is waited for, undo commands of an unwind before counted in; what is overdue has ended. */
async function waitForOpen(ports: ExecutionPorts, commands: readonly Command[]): Promise<void> {
  const open = commands.filter(({ status }) => OPEN.includes(status));
  if (open.length === 0) return;
  for (const command of open) {
    if (dueAt(command) <= ports.clock.now()) await expireCommand(ports, command.id);
  }
  throw new RuntimeError('Saga.InFlight', `${open.length} commands have not been answered yet`);
}

/** Requests for the next layer. What the reported state tells is seen to here, and may leave nothing of a layer to ask. */
async function nextRequests(ports: ExecutionPorts, scope: Next): Promise<readonly Json[]> {
  const { workflow, version } = await getExecution(ports.table, scope.execution);
  const { compiled } = await getVersion(ports.table, workflow, version);
  for (;;) {
    const layer = nextCommands(compiled.steps, await commandsUnder(ports, scope), scope.round);
    const toJudge = layer.filter(
      (command) => !isToBeUndone(command, scope.round) && command.verify?.command === undefined,
    );
    const waiting = new Set<Command>();
    for (const command of toJudge) {
      if ((await judge(ports, command, scope.round)) === 'wait') waiting.add(command);
    }
    if (toJudge.length > waiting.size) continue;
    const ready = layer.filter((command) => !waiting.has(command));
    if (ready.length > 0 || waiting.size === 0) {
      return ready.flatMap((command) => requestFor(command, scope.round));
    }
    throw new RuntimeError('Saga.InFlight', `${waiting.size} devices have not reported their state yet`);
  }
}

function requestFor(command: Command, round: number): Json[] {
  return isToBeUndone(command, round) ? undoRequest(command, round) : askRequest(command, round);
}

/** Puts on record what the reported state of its device tells of a command, or that it tells nothing, once it has had its time. */
async function judge(ports: ExecutionPorts, command: Command, round: number): Promise<'judged' | 'wait'> {
  const { table, clock } = ports;
  const verdict = await verdictByReportedState(command, await findDevice(table, command.device));
  if (verdict.kind === 'known') {
    await markByReportedState(table, command, { tookEffect: verdict.tookEffect, at: clock.now() });
    return 'judged';
  }
  if (verdict.until !== undefined && clock.now() < verdict.until) return 'wait';
  await giveUp(ports, { id: command.id, round, error: 'Saga.OutcomeUnknown', cause: verdict.reason });
  return 'judged';
}

function partOf(requests: readonly Json[], most: number): Json[] {
  let bytes = 0;
  const end = requests.findIndex((request, index) => {
    bytes += Buffer.byteLength(JSON.stringify(request));
    return index > 0 && (index >= most || bytes > PART.bytes);
  });
  return requests.slice(0, end === -1 ? undefined : end);
}

async function giveUp(
  { table }: ExecutionPorts,
  { id, round, error, cause }: Omit<z.infer<typeof GiveUpSchema>, 'action'>,
): Promise<void> {
  await table.update({
    key: commandKey(id),
    set: { undoError: error, undoCause: cause, undoRound: round },
    condition: { exists: true },
  });
}

/** Ids of what is left behind that the machine itself tells; `GET /v1/executions/{id}` tells them all. */
const MOST_TOLD = 100;

async function finish(ports: ExecutionPorts, scope: Scope): Promise<Json> {
  const commands = await commandsUnder(ports, scope);
  const leftBehind = commands.filter(isLeftBehind).map(({ id }) => id);
  if (scope.scope === '') {
    await settleRollback(ports, scope.execution, { run: scope.run, isComplete: leftBehind.length === 0 });
  }
  const undone = commands.filter(({ undoneAt }) => undoneAt !== undefined).length;
  return { undone, leftBehind: leftBehind.slice(0, MOST_TOLD) };
}
