import type { z } from 'zod';
import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { CommandRequestSchema } from '#compiler/task-payload.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Command } from '#devices/command.ts';
import type { HttpDoing } from './http-call.ts';
import { keptByPivots } from './pivots.ts';
import { isToBeAsked, isToBeUndone } from './saga.ts';
import type { Call } from './undo-calls.ts';
import { isHttpToBeAsked, isHttpToBeUndone } from './undo-http.ts';
import { undoLayers } from './undo-order.ts';

/** Undo goes before anything else that waits for a device. */
const UNDO_PRIORITY = 999;

/** More than the tries of one command in one round of a rollback: each round numbers its own. */
const TRIES_OF_A_ROUND = 100;

/** What steps have done. */
interface Doings {
  readonly commands: readonly Command[];
  /** The called workflows of which what they did is to be undone. */
  readonly calls: readonly Call[];
  /** Calls over HTTP. */
  readonly https: readonly HttpDoing[];
}

/**
 * What an unwind is to see to next, side by side: commands to undo, commands to ask about, and called workflows. Whether a point
 * of no return was passed is asked first, since all else goes by it.
 */
export function nextDoings(
  steps: readonly CompiledStep[],
  { commands, calls, https }: Doings,
  round: number,
): Doings {
  const pivots = commands.filter((command) => command.isPivot === true && isToBeAsked(command, round));
  if (pivots.length > 0) return { commands: pivots, calls: [], https: [] };
  const kept = keptByPivots(steps, commands, { calls: [...calls, ...https] });
  const left = commands.filter((command) => isToBeUndone(command, round) || isToBeAsked(command, round));
  const made = https.filter((doing) => isHttpToBeUndone(doing, round) || isHttpToBeAsked(doing, round));
  const doings = [...left, ...calls, ...made].filter(({ path = '' }) => !kept.has(path));
  const [layer = []] = undoLayers<Command | Call | HttpDoing>(steps, doings);
  return {
    commands: layer.filter((doing) => 'device' in doing),
    calls: layer.filter((doing) => 'child' in doing),
    https: layer.filter((doing) => 'service' in doing),
  };
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
