import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { EventsArguments } from './events.ts';

const MOST = 1_000;

/** `stepwright events`. */
export function addEventCommand(program: Command, terminal: Terminal, run: Runner): void {
  const command = program
    .command('events')
    .description('tell what has happened on a running server, and, with --follow, what happens')
    .option('-f, --follow', 'go on with what happens, until interrupted; with --json, a line for each event')
    .option('--execution <id...>', 'only events of these executions')
    .option('--workflow <name...>', 'only events of executions of these workflows')
    .option('--device <id...>', 'only events of these devices')
    .option('--kind <kind...>', 'only events of these kinds, such as command.failed or "device.*"')
    .option('--after <cursor>', 'only what came after this cursor, as --json tells it')
    .addOption(
      new Option('--limit <number>', 'at most so many of what has happened')
        .argParser(parseLimit)
        .default(50),
    )
    .action((options: EventsArguments) =>
      run(async () => (await import('./events.ts')).eventsCommand(options, terminal)),
    );
  addServerOptions(command);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new InvalidArgumentError(`Write a number from 1 to ${MOST}.`);
}
