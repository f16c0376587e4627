import type { Command } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import type { Terminal } from '../terminal.ts';

/** The verbs of `stepwright devices` that look at what is registered. */
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
}
