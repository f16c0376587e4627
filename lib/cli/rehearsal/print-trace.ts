import type { Note } from '#rehearsal/world.ts';
import type { Terminal } from '../terminal.ts';
import { hanging, padEnd } from '../text-layout.ts';

const WIDEST_NAME = 14;

/** Prints something that happened in a run, with the time since its beginning: `    1.250 s  pump-1  does flash`. */
export function printTrace({ atMs, of, text }: Note, { print, paint, columns }: Terminal): void {
  const time = `${(atMs / 1_000).toFixed(3)} s`.padStart(12);
  const name = padEnd(of, WIDEST_NAME);
  const line = hanging(`${time}  ${name}  `, text, columns);
  const isTrouble = /\b(?:lost|dies|breaks|hangs|fails?|silent|late|loses)\b/.test(text);
  print(isTrouble ? paint.yellow(line) : line);
}
