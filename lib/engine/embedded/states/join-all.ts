import type { Json } from '#core/json.ts';
import type { Cancellation } from '../cancellation.ts';

/**
 * Runs parts, at most `limit` at once, and gives their outputs in order. When one fails the others are cancelled, and the
 * failure is thrown when all have ended, so that nothing of them goes on behind the back of what follows.
 */
export async function joinAll(
  parts: readonly (() => Promise<Json>)[],
  limit: number,
  cancellation: Cancellation,
): Promise<Json[]> {
  const outputs: Json[] = new Array<Json>(parts.length).fill(null);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let index = next++; index < parts.length && failure === undefined; index = next++) {
      const part = parts[index];
      if (part === undefined) return;
      try {
        outputs[index] = await part();
      } catch (error) {
        failure ??= { error };
        cancellation.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, parts.length) }, work));
  if (failure !== undefined) throw failure.error;
  return outputs;
}
