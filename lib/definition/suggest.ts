/** No more are looked at: comparing takes time, and there may be many misspelt words too. */
const MAX_CANDIDATES = 500;

/** The candidate nearest to a misspelt word, or undefined when none is near: at most one edit in three characters. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let count = 0;
  for (const candidate of candidates) {
    if (++count > MAX_CANDIDATES) break;
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A hint from {@link suggest}, as a part of a finding. */
export function didYouMean(word: string, candidates: Iterable<string>): { hint?: string } {
  const found = suggest(word, candidates);
  return found === undefined ? {} : { hint: `did you mean "${found}"?` };
}

/** Optimal string alignment distance: Levenshtein's, with two letters in the wrong order as one edit; in three rows. */
function editDistance(left: string, right: string): number {
  let earlier: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swapped = isSwapped && row > 1 ? (earlier[column - 2] ?? 0) + 1 : replaced;
      const inserted = Math.min(previous[column] ?? 0, current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, swapped, inserted));
    }
    [earlier, previous] = [previous, current];
  }
  return previous[right.length] ?? 0;
}
