import { InvalidArgumentError } from 'commander';
import { parseDuration } from '#core/duration.ts';

/** Reads the duration that an option gives, such as `30s` or `2h`, in ms. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('Write it like 30s, 15m or 2h.');
}
