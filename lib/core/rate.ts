import { parseDuration } from './duration.ts';

/** What {@link parseRate} takes: so many in a second, minute, hour or day. */
export const RATE_PATTERN = /^([1-9]\d{0,5})\/([smhd])$/;

/** Of a rate such as `5/m`: the time from one to the next, in ms; undefined for anything else. */
export function parseRate(text: string): number | undefined {
  const [, count, unit] = RATE_PATTERN.exec(text) ?? [];
  const unitMs = parseDuration(`1${unit}`);
  return unitMs === undefined ? undefined : unitMs / Number(count);
}
