import type { z } from 'zod';
import type { JsonObject } from '#core/json.ts';
import type { ApiParts } from './parts.ts';
import { requestFault } from './request-faults.ts';

/** One operation of the API: what it does with the body of a request. Throws {@link ApiFault}. */
export type Operation = (body: unknown, parts: ApiParts, call: ApiCall) => Promise<JsonObject>;

/** What an operation knows of the one call it answers. */
export interface ApiCall {
  /** Aborted when the client has gone, or the server closes: who waits then stops to wait. */
  readonly signal: AbortSignal;
}

/** An operation from the schema of its input, and what it does with one that fits. */
export function operation<Schema extends z.ZodType>(
  input: Schema,
  run: (input: z.output<Schema>, parts: ApiParts, call: ApiCall) => Promise<JsonObject> | JsonObject,
): Operation {
  return async (body, parts, call) => {
    const parsed = input.safeParse(body, { reportInput: true });
    if (!parsed.success) throw requestFault(parsed.error.issues, body);
    return run(parsed.data, parts, call);
  };
}

/** A time (ms since the Unix epoch) as the protocol writes it: seconds, with ms as their fraction. */
export function timestamp(ms: number): number {
  return ms / 1_000;
}
