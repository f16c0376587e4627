const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** A moment, to the nanosecond. */
export interface Timestamp {
  /** Whole seconds, in ms since the epoch. */
  readonly wholeMs: number;
  /** What is past them. */
  readonly nanoseconds: number;
}

/**
 * The moment that a text names in the profile of ISO 8601 that States Language takes: RFC 3339, with a capital T and Z.
 * Undefined for any other text, and for times that do not exist.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const [, year, month, day, , , , fraction = ''] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return undefined;
  const wholeMs = Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(wholeMs)) return undefined;
  // Date.parse takes the 31st of February for a day in March.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) > lastDay ? undefined : { wholeMs, nanoseconds: Number(fraction.padEnd(9, '0')) };
}

/** The moment in ms since the epoch, fractions of them included. */
export function toMs({ wholeMs, nanoseconds }: Timestamp): number {
  return wholeMs + nanoseconds / 1_000_000;
}

/** Below 0 where the first is before the second, 0 where they are the same moment. */
export function compareTimestamps(first: Timestamp, second: Timestamp): number {
  return first.wholeMs - second.wholeMs || first.nanoseconds - second.nanoseconds;
}
