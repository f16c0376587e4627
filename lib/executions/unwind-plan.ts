import type { z } from 'zod';
import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { CommandRequestSchema } from '#compiler/task-payload.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Command } from '#devices/command.ts';
import { keptByPivots } from './pivots.ts';
import { isToBeAsked, isToBeUndone } from './saga.ts';
import { undoLayers } from './undo-order.ts';

/** Undo goes before anything else that waits for a device. */
const UNDO_PRIORITY = 999;

/** More than the tries of one command in one round of a rollback: each round numbers its own. */
const TRIES_OF_A_ROUND = 100;

/**
 * What an unwind is to see to next, side by side: commands to undo, and commands to ask about. Whether a point of no return was
 * passed is asked first, since all else goes by it.
 */
export function nextCommands(
  steps: readonly CompiledStep[],
  commands: readonly Command[],
  round: number,
): readonly Command[] {
  const pivots = commands.filter((command) => command.isPivot === true && isToBeAsked(command, round));
  if (pivots.length > 0) return pivots;
  const kept = keptByPivots(steps, commands);
  const left = commands.filter(
    (command) => (isToBeUndone(command, round) || isToBeAsked(command, round)) && !kept.has(command.id),
  );
  return undoLayers(steps, left)[0] ?? [];
}

/** A request of the command function, without what only its task knows. */
type Request = Omit<z.input<typeof CommandRequestSchema>, 'taskToken'>;

/** The request for the undo of a command. */
export function undoRequest(command: Command, round: number): Json[] {
  const { compensate, id, device } = command;
  if (compensate === undefined) return [];
  const { command: name, with: values, timeoutSeconds } = compensate;
  const own = { command: name, with: values, timeoutSeconds, device: compensate.device ?? device };
  return requestOf(command, round, { ...own, undoes: id });
}

/** The request for the command that asks about a command. */
export function askRequest(command: Command, round: number): Json[] {
  const { verify, id, device } = command;
  if (verify?.command === undefined) return [];
  const { command: name, with: values, timeoutSeconds } = verify;
  return requestOf(command, round, { command: name, with: values, timeoutSeconds, device, verifies: id });
}

interface Own extends Pick<Request, 'command' | 'timeoutSeconds' | 'device'> {
  readonly with: JsonObject;
  readonly undoes?: string;
  readonly verifies?: string;
}

function requestOf({ execution, step, path }: Command, round: number, own: Own): Json[] {
  if (execution === undefined || step === undefined || path === undefined) return [];
  const request = {
    ...{ execution, step, path, ...own },
    attempt: round * TRIES_OF_A_ROUND,
    // A device that is away for a moment must not keep its state: its undo waits as long as an answer would.
    expiresSeconds: own.timeoutSeconds,
    priority: UNDO_PRIORITY,
  } satisfies Request;
  return [request];
}
