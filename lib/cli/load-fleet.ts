import { loadSource } from '#definition/load.ts';
import { type Fleet, readFleet } from '#devices/simulator/read-fleet.ts';
import { AlreadyTold } from './already-told.ts';
import { refuseErrors } from './refuse-errors.ts';
import type { Terminal } from './terminal.ts';

/** Loads a fleet file that has no errors; else prints them, and throws {@link AlreadyTold}. */
export function loadFleet(file: string, terminal: Terminal): Fleet {
  const source = loadSource(file);
  const { fleet, diagnostics } = readFleet(source);
  refuseErrors(diagnostics, [source], terminal);
  if (fleet === undefined) throw new AlreadyTold(`${file} is no fleet file`);
  return fleet;
}
