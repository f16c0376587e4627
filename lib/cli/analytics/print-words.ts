import { minuteOf } from '../workflows/print-words.ts';

/** Of which period it is told, and whether of all of it. */
export function periodLine({
  from,
  to,
  isWhole,
}: {
  readonly from: string;
  readonly to: string;
  readonly isWhole: boolean;
}): string {
  const line = `${minuteOf(from)} to ${minuteOf(to)} UTC`;
  return isWhole ? line : `${line}, the newest: there is more in the period`;
}

/** What the regret is, and of how much it speaks. */
export function regretLine({
  perChoice,
  covered,
  choices,
}: {
  readonly perChoice: number;
  readonly covered: number;
  readonly choices: number;
}): string {
  return `${(perChoice * 100).toFixed(1)} points of success to the best alternative, in ${covered} of ${choices} choices that can be compared`;
}
