import type { Command } from 'commander';
import type { Runner } from '../program.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import { addRegistryVerbs } from './registry-verbs.ts';

/** The verbs of `stepwright devices`. */
export function addDeviceCommands(program: Command, terminal: Terminal, run: Runner): void {
  const devices = program
    .command('devices')
    .description('look at the devices of a running server')
    .showHelpAfterError('  hint: "stepwright devices --help" tells its verbs');
  addRegistryVerbs(devices, terminal, run);
  for (const command of devices.commands) addServerOptions(command);
}
