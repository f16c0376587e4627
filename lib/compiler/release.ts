import type { JsonObject } from '#core/json.ts';
import type { Emitting } from './emitting.ts';
import { callHandler } from './handler-call.ts';
import { taskIdentity } from './place.ts';
import { type Exit, leave } from './states.ts';
import { MACHINE_TOKENS } from './task-payload.ts';

/** A Task that gives back what a step holds, and goes on. */
export function releaseState(id: string, exit: Exit, { place }: Emitting): JsonObject {
  const payload = { ...taskIdentity(place, id), action: 'release' };
  return { Type: 'Task', ...callHandler(MACHINE_TOKENS.lock, payload), ...leave(exit, {}) };
}
