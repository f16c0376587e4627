import { InvalidArgumentError } from 'commander';

/** How many of a hundred something gets: more than none, less than all. */
export function parsePercent(text: string): number {
  const percent = Number(text);
  if (percent > 0 && percent < 100) return percent;
  throw new InvalidArgumentError('Write a number between 0 and 100, such as 10.');
}
