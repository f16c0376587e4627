import type { Terminal } from './terminal.ts';

/** Tells of what went wrong where nobody waits for an answer; the work goes on. */
export function reportDefect(error: unknown, { note, notePaint }: Terminal): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  note(notePaint.red(`defect: ${text}`));
}
