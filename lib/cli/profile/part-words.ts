import { formatDuration } from '#core/duration.ts';

/** What each part of a step's time is called, in the order in which they are told. */
export const PART_NAMES = {
  device: 'devices at work',
  work: 'handlers and calls',
  queue: 'in line',
  retry: 'before next tries',
  outside: 'waiting for events, people and times',
  halted: 'ended and not redriven yet',
  between: 'between steps',
} as const;

/** `1.2 s devices at work, 30 ms handlers and calls`; what takes no time is left out. */
export function partWords(parts: Readonly<Partial<Record<keyof typeof PART_NAMES, number>>>): string {
  const told = Object.entries(PART_NAMES).flatMap(([name, words]) => {
    const spent = Object.entries(parts).find(([part]) => part === name)?.[1] ?? 0;
    return spent < 1 ? [] : [`${formatDuration(spent)} ${words}`];
  });
  return told.length === 0 ? 'nothing' : told.join(', ');
}
