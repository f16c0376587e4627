/** Distances of ticks that read well, in ms. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1_000, 2_000, 5_000, 10_000, 15_000, 30_000],
  ...[60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000],
  ...[3_600_000, 7_200_000, 14_400_000, 28_800_000, 43_200_000, 86_400_000],
];

/** Most ticks of an axis, the first aside. */
const MOST = 8;

/** Where an axis of time from 0 has its ticks, in ms. */
export function axisTicks(totalMs: number): readonly number[] {
  const days = Math.ceil(totalMs / MOST / 86_400_000) * 86_400_000;
  const step = STEPS.find((candidate) => totalMs / candidate <= MOST) ?? days;
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step);
}
