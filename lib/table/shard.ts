/** One of so many partitions, the same for the same text: what is written often is spread over some of them. */
export function shardOf(text: string, shards: number): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % shards;
}
