import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationOption } from '../duration-option.ts';
import type { ServerArguments } from '../find-server.ts';
import { addOperatorOptions, type OperatorArguments } from '../operator.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { SendArguments } from './commands.ts';
import { addRegistryVerbs } from './registry-verbs.ts';

/** The verbs of `stepwright devices` and `stepwright commands`. */
export function addDeviceCommands(program: Command, terminal: Terminal, run: Runner): void {
  const devices = program
    .command('devices')
    .description('look at the devices of a running server, register and remove them')
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
    .description('send commands on a running server by hand, look at them, and take them back')
    .showHelpAfterError('  hint: "stepwright commands --help" tells its verbs');
  addCommandVerbs(commands, terminal, run);
  for (const command of [...devices.commands, ...commands.commands]) addServerOptions(command);
}

function addCommandVerbs(commands: Command, terminal: Terminal, run: Runner): void {
  commands
    .command('send')
    .description('send a command to a device, outside of any workflow')
    .argument('<device>', 'id of the device')
    .argument('<command>', 'name of the command, such as health.check')
    .option('--with <json>', 'its arguments: JSON, or @ and the name of a JSON or YAML file (default: {})')
    .addOption(
      new Option('--timeout <time>', 'how long an answer is waited for')
        .argParser(durationOption)
        .default(TIMEOUT_MS, '60s'),
    )
    .addOption(
      new Option(
        '--expires <time>',
        'how long it may wait for a device that is offline (default: not at all)',
      ).argParser(durationOption),
    )
    .addOption(
      new Option('--priority <number>', 'of two that wait, the higher one goes first: 0 to 999')
        .argParser(parsePriority)
        .default(500),
    )
    .option('--follow', 'wait until it has ended; exit code 1 when it has not succeeded')
    .action((device: string, command: string, options: Omit<SendArguments, 'device' | 'command'>) =>
      run(async () => (await import('./commands.ts')).sendCommand({ device, command, ...options }, terminal)),
    );
  commands
    .command('show')
    .description('tell how a command stands')
    .argument('<command>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./commands.ts')).showCommand(id, options, terminal)),
    );
  addOperatorOptions(commands.command('cancel'))
    .description('take back a command that waits for its device')
    .argument('<command>', 'its id, as "stepwright devices mailbox" tells it')
    .action((id: string, options: OperatorArguments) =>
      run(async () => (await import('./commands.ts')).cancelCommand(id, options, terminal)),
    );
}

const TIMEOUT_MS = 60_000;

function parsePriority(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number from 0 to 999.');
}
