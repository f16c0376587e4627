const DAY_MS = 86_400_000;

/** The clock on the wall of a place. Its wall time is in ms as if it were UTC. */
export interface WallClock {
  wallTime(instant: number): number;
  /** The first instant at which the clock shows a time; where it is put forward over it, as much later. */
  instant(wallTime: number): number;
}

/** The clock of a time zone by its name in the IANA database. Throws RangeError where nobody knows it. */
export function wallClock(timeZone: string): WallClock {
  const format = formatOf(timeZone);
  const wallTime = (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
  const offset = (instant: number): number => wallTime(instant) - Math.floor(instant / 1_000) * 1_000;
  return {
    wallTime,
    instant: (wall) => {
      // No place changes its clock twice in two days: what holds a day before and a day after are all offsets there are.
      const before = wall - offset(wall - DAY_MS);
      const after = wall - offset(wall + DAY_MS);
      const found = [before, after].filter((one) => wallTime(one) === wall);
      return found.length === 0 ? before : Math.min(...found);
    },
  };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a hundred times as long as using it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-US', { timeZone, ...numeric, ...time, calendar: 'iso8601' });
  formats.set(timeZone, made);
  return made;
}
