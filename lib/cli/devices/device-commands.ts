import type { Command } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { addOperatorOptions, type OperatorArguments } from '../operator.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import { addRegistryVerbs } from './registry-verbs.ts';

/** The verbs of `stepwright devices` and `stepwright commands`. */
export function addDeviceCommands(program: Command, terminal: Terminal, run: Runner): void {
  const devices = program
    .command('devices')
    .description('look at the devices of a running server')
    .showHelpAfterError('  hint: "stepwright devices --help" tells its verbs');
  addRegistryVerbs(devices, terminal, run);
  devices
    .command('mailbox')
    .description('tell what a device has to do: what it was sent, and what waits, in order')
    .argument('<device>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./mailbox.ts')).mailboxCommand(id, options, terminal)),
    );
  const commands = program
    .command('commands')
    .description('reach into the commands of a running server')
    .showHelpAfterError('  hint: "stepwright commands --help" tells its verbs');
  addOperatorOptions(commands.command('cancel'))
    .description('take back a command that waits for its device')
    .argument('<command>', 'its id, as "stepwright devices mailbox" tells it')
    .action((id: string, options: OperatorArguments) =>
      run(async () => (await import('./mailbox.ts')).cancelCommand(id, options, terminal)),
    );
  for (const command of [...devices.commands, ...commands.commands]) addServerOptions(command);
}
