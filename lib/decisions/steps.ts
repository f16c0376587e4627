/**
 * Work that goes on at once for as long as it can, and waits for promises only where it has to: a generator that yields
 * what it waits for. A decision without slow expressions is made without a promise.
 */
export type Steps<Result> = Generator<Promise<unknown>, Result, undefined>;

/** Waits for a promise inside of {@link Steps}. */
export function* settled<Result>(promise: Promise<Result>): Steps<Result> {
  const box: Result[] = [];
  yield promise.then((result) => box.push(result));
  for (const result of box) return result;
  throw new Error('the work went on before what it waits for was there');
}

/** Does the work: gives its result at once where nothing had to be waited for, else a promise of it. */
export function runSteps<Result>(steps: Steps<Result>): Result | Promise<Result> {
  const first = steps.next();
  return first.done === true ? first.value : waitThrough(steps, first.value);
}

async function waitThrough<Result>(steps: Steps<Result>, first: Promise<unknown>): Promise<Result> {
  for (let awaited = first; ; ) {
    const next = await advance(steps, awaited);
    if (next.done === true) return next.value;
    awaited = next.value;
  }
}

async function advance<Result>(
  steps: Steps<Result>,
  awaited: Promise<unknown>,
): Promise<IteratorResult<Promise<unknown>, Result>> {
  try {
    await awaited;
  } catch (error) {
    return steps.throw(error);
  }
  return steps.next();
}
