import { PassThrough } from 'node:stream';
import pc from 'picocolors';
import type { Terminal } from '#cli/terminal.ts';

/** A terminal without colours that keeps what is written to it. */
export interface RecordingTerminal extends Terminal {
  readonly printed: string[];
  readonly noted: string[];
  /** What was drawn on the stream of stderr, with its control sequences. */
  drawn(): string;
}

/** A terminal of 80 columns for tests. */
export function recordingTerminal(part: Partial<Terminal> = {}): RecordingTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  const stream = new PassThrough();
  const paint = pc.createColors(false);
  return {
    json: false,
    live: false,
    columns: 80,
    rows: 24,
    paint,
    notePaint: paint,
    print: (text) => printed.push(text),
    note: (text) => noted.push(text),
    noteStream: stream,
    ...part,
    printed,
    noted,
    drawn: () => String(stream.read() ?? ''),
  };
}
