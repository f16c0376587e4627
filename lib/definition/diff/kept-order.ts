/** Those of some ids that stand in another order than before: the fewest whose leaving makes the others agree. */
export function movedIds(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const common = before.filter((id) => after.includes(id));
  const ranks = new Map(after.map((id, rank) => [id, rank]));
  const kept = longestRising(common.map((id) => ranks.get(id) ?? 0));
  return new Set(common.filter((_, index) => !kept.has(index)));
}

/** The places of the longest rising part of a list of numbers. */
function longestRising(numbers: readonly number[]): ReadonlySet<number> {
  const chains: (readonly number[])[] = [];
  for (const [place, number] of numbers.entries()) {
    const best = chains
      .filter((chain) => (numbers[chain.at(-1) ?? 0] ?? 0) < number)
      .reduce<readonly number[]>((longest, chain) => (chain.length > longest.length ? chain : longest), []);
    chains.push([...best, place]);
  }
  return new Set(chains.reduce((longest, chain) => (chain.length > longest.length ? chain : longest), []));
}
