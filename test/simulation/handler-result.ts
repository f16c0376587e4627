import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '#core/json.ts';
import type { TaskFailure } from '#engine/engine.ts';
import type { Draw } from './draw.ts';
import { ERRORS } from './random-machine.ts';

/** How a handler ends: a result, or a failure. */
export type HandlerResult = { readonly result: Json } | { readonly failure: TaskFailure };

/** A result that is told apart from all others, or now and then a failure. */
export function drawnResult(draw: Draw, key: string): HandlerResult {
  return draw.chance(0.2) ? { failure: { error: draw.one(ERRORS), cause: key } } : { result: { did: key } };
}

/** What follows from the payload alone: the same payload always has the same result, or the same failure. */
export function pureResult(payload: Json): HandlerResult {
  const { token: _token, ...given } = isJsonObject(payload) ? payload : {};
  const digest = createHash('sha256').update(JSON.stringify(given)).digest();
  return digest.readUInt8(0) < 30
    ? { failure: { error: 'Busy', cause: 'it is Busy' } }
    : { result: { did: digest.toString('hex', 1, 4) } };
}
