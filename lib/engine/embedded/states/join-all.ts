import type { Json } from '#core/json.ts';
import type { Cancellation } from '../cancellation.ts';

/** What came of parts that ran side by side: all their outputs in order, or the first failure and which part it was of. */
export type Joined = { readonly outputs: Json[] } | { readonly error: unknown; readonly index: number };

/** What a part gives, and the event that the part after it, in the same place of the line, follows on. */
export interface Part {
  readonly output: Json;
  readonly last: number;
}

/** How parts are run. */
export interface Joining {
  /** Most of them at once. */
  readonly limit: number;
  /** The event that the first ones follow on. */
  readonly after: number;
  readonly cancellation: Cancellation;
}

/**
 * Runs parts, at most `limit` at once. When one fails the others are cancelled; it resolves when all have ended, so that
 * nothing of them goes on behind the back of what follows.
 */
export async function joinAll(
  parts: readonly ((after: number) => Promise<Part>)[],
  { limit, after, cancellation }: Joining,
): Promise<Joined> {
  const outputs: Json[] = new Array<Json>(parts.length).fill(null);
  let next = 0;
  let failure: { readonly error: unknown; readonly index: number } | undefined;
  const work = async (): Promise<void> => {
    let last = after;
    for (let index = next++; index < parts.length && failure === undefined; index = next++) {
      const part = parts[index];
      if (part === undefined) return;
      try {
        const done = await part(last);
        outputs[index] = done.output;
        last = done.last;
      } catch (error) {
        failure ??= { error, index };
        cancellation.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, parts.length) }, work));
  return failure ?? { outputs };
}
