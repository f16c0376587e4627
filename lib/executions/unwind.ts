import { z } from 'zod';
import type { CommandRequestSchema } from '#compiler/task-payload.ts';
import { UnwindInputSchema } from '#compiler/task-payload.ts';
import { assertNever } from '#core/assert-never.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { Command } from '#devices/command.ts';
import { commandsOf, isUnder } from '#devices/command-store.ts';
import { isInFlight } from '#devices/complete.ts';
import { cancelQueuedCommands } from '#devices/expire.ts';
import { commandKey } from '#table/keys.ts';
import { getExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { isLeftBehind, isToBeUndone } from './saga.ts';
import { settleRollback } from './settle.ts';
import { undoLayers } from './undo-order.ts';
import { getVersion } from './workflow-store.ts';

/** What the unwind machine asks for: the next layer, to note an undo as failed for good, and to close. */
export const UnwindRequestSchema = z.discriminatedUnion('action', [
  UnwindInputSchema.extend({ action: z.literal('next') }),
  z.object({ action: z.literal('give-up'), id: z.string(), error: z.string(), cause: z.string() }),
  UnwindInputSchema.extend({ action: z.literal('finish') }),
]);

/** What the unwind machine asks for. */
export type UnwindRequest = z.infer<typeof UnwindRequestSchema>;

/** Undo commands handed out at once; more would not fit in a payload of 256 KiB when their arguments are long. */
const LAYER_PART = 100;

/** Does what the unwind machine asks for. Fails with Saga.InFlight while commands may still be answered. */
export async function unwind(ports: ExecutionPorts, request: UnwindRequest): Promise<Json> {
  switch (request.action) {
    case 'next':
      return nextLayer(ports, request);
    case 'give-up':
      await giveUp(ports, request);
      return {};
    case 'finish':
      return finish(ports, request);
    default:
      return assertNever(request);
  }
}

type Scope = z.infer<typeof UnwindInputSchema>;

async function nextLayer(ports: ExecutionPorts, scope: Scope): Promise<Json> {
  await cancelQueuedCommands(ports, scope);
  const commands = await commandsUnder(ports, scope);
  const open = commands.filter((command) => command.undoes === undefined && isInFlight(command));
  if (open.length > 0) {
    throw new RuntimeError('Saga.InFlight', `${open.length} commands have not been answered yet`);
  }
  const { workflow, version } = await getExecution(ports.table, scope.execution);
  const { compiled } = await getVersion(ports.table, workflow, version);
  const [layer = []] = undoLayers(compiled.steps, commands.filter(isToBeUndone));
  return { requests: layer.slice(0, LAYER_PART).flatMap(undoOf) };
}

async function commandsUnder({ table }: ExecutionPorts, { execution, scope }: Scope): Promise<Command[]> {
  return (await commandsOf(table, execution)).filter((command) => isUnder(command, scope));
}

/** The request for the undo of a command, without what only its task knows. */
function undoOf(command: Command): Json[] {
  const { compensate, execution, step, path } = command;
  if (compensate === undefined || execution === undefined || step === undefined || path === undefined)
    return [];
  const request = {
    execution,
    step,
    path,
    device: compensate.device ?? command.device,
    command: compensate.command,
    with: compensate.with,
    timeoutSeconds: compensate.timeoutSeconds,
    // A device that is away for a moment must not keep its state: its undo waits as long as an answer would.
    expiresSeconds: compensate.timeoutSeconds,
    priority: UNDO_PRIORITY,
    undoes: command.id,
  } satisfies Omit<z.input<typeof CommandRequestSchema>, 'taskToken' | 'attempt'>;
  return [request];
}

/** Undo goes before anything else that waits for a device. */
const UNDO_PRIORITY = 999;

async function giveUp(
  { table }: ExecutionPorts,
  { id, error, cause }: Extract<UnwindRequest, { action: 'give-up' }>,
): Promise<void> {
  await table.update({
    key: commandKey(id),
    set: { undoError: error, undoCause: cause },
    condition: { exists: true },
  });
}

async function finish(ports: ExecutionPorts, scope: Scope): Promise<Json> {
  const commands = await commandsUnder(ports, scope);
  const leftBehind = commands.filter(isLeftBehind).map(({ id }) => id);
  if (scope.scope === '') await settleRollback(ports, scope.execution, leftBehind.length === 0);
  const undone = commands.filter(({ undoneAt }) => undoneAt !== undefined).length;
  return { undone, leftBehind: leftBehind.slice(0, LAYER_PART) };
}
