import { formatDuration } from '#core/duration.ts';
import type { ExecutionSummary } from './execution-calls.ts';

/** A moment to the second, in UTC: `2026-11-24 01:36:12`. */
export function secondOf(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

/** How long an execution has taken; nothing while it has not ended. */
export function tookWords({ startedAt, endedAt }: Pick<ExecutionSummary, 'startedAt' | 'endedAt'>): string {
  return endedAt === undefined ? '' : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

/** `1 call`, `1,204 calls`. */
export function countWords(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}

/** `812 bytes`, `12.4 KB`, `3.1 MB`. */
export function bytesWords(bytes: number): string {
  if (bytes < 1_000) return countWords(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
