import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type DeviceDocument, fetchDevices } from './device-calls.ts';

/** `stepwright devices list`: every registered device. */
export async function listCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const devices = await fetchDevices(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { devices });
  else if (devices.length === 0) terminal.print('no device is registered');
  else terminal.print(tableLines(devices, COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

const COLUMNS: readonly Column<DeviceDocument>[] = [
  { title: 'DEVICE', text: ({ id }) => id },
  { title: 'STATUS', text: ({ status }) => status },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'ZONE', text: ({ zone = '' }) => zone },
  { title: 'CAPABILITIES', text: ({ capabilities }) => pairsOf(capabilities) },
  { title: 'TAGS', text: ({ tags }) => pairsOf(tags) },
];

/** `ota 2.1.0, read 1.0.0`. */
export function pairsOf(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
