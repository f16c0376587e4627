const DAY_MS = 86_400_000;

/** The UTC day of a time in ms since the epoch. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The days from one to another, both counted in. */
export function* daysFrom(first: string, last: string): Generator<string> {
  for (let day = first; day <= last; day = dayOf(Date.parse(day) + DAY_MS)) yield day;
}
