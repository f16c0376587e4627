import { type Command, Option } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { ListArguments, RetryArguments } from './notifications.ts';

/** The verbs of `stepwright notifications`. */
export function addNotificationCommands(program: Command, terminal: Terminal, run: Runner): void {
  const notifications = program
    .command('notifications')
    .description('look at what people are told by a running server, and whether it has arrived')
    .showHelpAfterError('  hint: "stepwright notifications --help" tells its verbs');
  notifications
    .command('list')
    .description('list what was told on a day, the newest first')
    .option('--day <date>', 'a day (UTC), such as 2026-11-24 (default: today)')
    .addOption(
      new Option('--failed', 'deliveries that have been given up, of any day').conflicts(['day', 'pending']),
    )
    .addOption(new Option('--pending', 'deliveries that are to be tried yet, of any day').conflicts('day'))
    .action((options: ListArguments) =>
      run(async () => (await import('./notifications.ts')).listCommand(options, terminal)),
    );
  notifications
    .command('show')
    .description('tell what was told, and what has become of it at each receiver')
    .argument('<notification>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./notifications.ts')).showCommand({ ...options, id }, terminal)),
    );
  notifications
    .command('retry')
    .description('send it again, now, to those that it has not arrived at')
    .argument('<notification>', 'its id')
    .option('--receiver <name>', 'only to this one')
    .action((id: string, options: Omit<RetryArguments, 'id'>) =>
      run(async () => (await import('./notifications.ts')).retryCommand({ ...options, id }, terminal)),
    );
  notifications
    .command('test')
    .description('send a message to a receiver, and tell whether it has taken it')
    .argument('<receiver>', 'its name, or an address to send a mail to')
    .action((receiver: string, options: ServerArguments) =>
      run(async () => (await import('./notifications.ts')).testCommand({ ...options, receiver }, terminal)),
    );
  for (const command of notifications.commands) addServerOptions(command);
}
