import type { Contender } from './judge.ts';
import { CIRCUMFERENCE, distance, positionOf } from './rings.ts';

/**
 * Places of a key in a ring. Of the devices that follow on them, the one with the shortest way takes the key (Appleton and
 * O'Reilly, "Multi-probe consistent hashing", 2015): with 21 places no device gets much more than 1.05 times its share, and
 * when a device comes or goes, only the keys move that it takes or leaves.
 */
const PLACES = 21;

/** Where a key looks for its device. */
export function placesOf(key: string): readonly string[] {
  return Array.from({ length: PLACES }, (_, index) => positionOf(`${key}#${index}`));
}

/** The devices by how near they follow on a place of the key, the nearest first. */
export function byNearness(
  contenders: readonly Contender[],
  places: readonly string[],
): readonly Contender[] {
  const near = contenders.map((contender) => {
    const ways = places.map((place) => distance(place, contender.position));
    return { contender, way: Math.min(CIRCUMFERENCE, ...ways) };
  });
  return near.toSorted((one, other) => one.way - other.way).map(({ contender }) => contender);
}
