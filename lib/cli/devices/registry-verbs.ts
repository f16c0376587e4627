import { type Command, Option } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { pairOption } from '../pair-option.ts';
import type { Runner } from '../runner.ts';
import type { Terminal } from '../terminal.ts';
import type { RegisterArguments } from './registry.ts';

/** The verbs of `stepwright devices` for what is registered. */
export function addRegistryVerbs(devices: Command, terminal: Terminal, run: Runner): void {
  devices
    .command('list')
    .description('list devices by id')
    .action((options: ServerArguments) =>
      run(async () => (await import('./list.ts')).listCommand(options, terminal)),
    );
  devices
    .command('show')
    .description(
      'tell what is known of a device: its load, its outcomes, and whether it is kept out of choices',
    )
    .argument('<device>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./show.ts')).showCommand(id, options, terminal)),
    );
  devices
    .command('register')
    .description('register a device, or change what is registered of it')
    .argument('<device>', 'its id')
    .option('--type <type>', 'what it is, such as pump')
    .option('--zone <zone>', 'where it is, such as berlin/hall-2')
    .addOption(
      new Option(
        '--capability <name=version>',
        'what it can do, such as ota=2.1.0; may be given again',
      ).argParser(pairOption),
    )
    .addOption(new Option('--tag <name=value>', 'may be given again').argParser(pairOption))
    .option('--reported <json>', 'what it reports: JSON, or @ and the name of a file')
    .action((id: string, options: Omit<RegisterArguments, 'id'>) =>
      run(async () => (await import('./registry.ts')).registerCommand({ id, ...options }, terminal)),
    );
  devices
    .command('remove')
    .description('take a device out of the registry')
    .argument('<device>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./registry.ts')).removeCommand(id, options, terminal)),
    );
}
