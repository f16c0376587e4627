/** A source of randomness as a port: returns a number in [0, 1). */
export type Random = () => number;

/** The process's own randomness; not for secrets. */
export const systemRandom: Random = Math.random;

/** The same sequence for the same seed: Mulberry32 (Tommy Ettinger, 2017, public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
