import type { Json } from '#core/json.ts';
import type { Cancellation } from '../cancellation.ts';

/** What came of parts that ran side by side: all their outputs in order, or the first failure and which part it was of. */
export type Joined = { readonly outputs: Json[] } | { readonly error: unknown; readonly index: number };

/**
 * Runs parts, at most `limit` at once. When one fails the others are cancelled; it resolves when all have ended, so that
 * nothing of them goes on behind the back of what follows.
 */
export async function joinAll(
  parts: readonly (() => Promise<Json>)[],
  limit: number,
  cancellation: Cancellation,
): Promise<Joined> {
  const outputs: Json[] = new Array<Json>(parts.length).fill(null);
  let next = 0;
  let failure: { readonly error: unknown; readonly index: number } | undefined;
  const work = async (): Promise<void> => {
    for (let index = next++; index < parts.length && failure === undefined; index = next++) {
      const part = parts[index];
      if (part === undefined) return;
      try {
        outputs[index] = await part();
      } catch (error) {
        failure ??= { error, index };
        cancellation.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, parts.length) }, work));
  return failure ?? { outputs };
}
