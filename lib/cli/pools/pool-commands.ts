import { type Command, InvalidArgumentError } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { addOperatorOptions, type OperatorArguments } from '../operator.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';

/** The verbs of `stepwright pools`. */
export function addPoolCommands(program: Command, terminal: Terminal, run: Runner): void {
  const pools = program
    .command('pools')
    .description('look at the pools of a running server, and change them')
    .showHelpAfterError('  hint: "stepwright pools --help" tells its verbs');
  pools
    .command('list')
    .description('list pools by name')
    .action((options: ServerArguments) =>
      run(async () => (await import('./pools.ts')).listCommand(options, terminal)),
    );
  pools
    .command('show')
    .description('tell who holds units of a pool since when, and who waits for some')
    .argument('<pool>', 'its name')
    .action((name: string, options: ServerArguments) =>
      run(async () => (await import('./pools.ts')).showCommand(name, options, terminal)),
    );
  pools
    .command('set')
    .description('set how many units a pool has, also while steps hold some; makes it where there is none')
    .argument('<pool>', 'its name')
    .argument('<units>', 'how many', parseUnits)
    .action((name: string, limit: number, options: ServerArguments) =>
      run(async () => (await import('./pools.ts')).setCommand({ ...options, name, limit }, terminal)),
    );
  addOperatorOptions(pools.command('release'))
    .description('take units from a task that holds them; it goes on without, and who waits gets them')
    .argument('<pool>', 'its name')
    .argument('<task>', 'who holds them, as "stepwright pools show" names it')
    .action((name: string, task: string, options: OperatorArguments) =>
      run(async () => (await import('./pools.ts')).releaseCommand({ ...options, name, task }, terminal)),
    );
  for (const command of pools.commands) addServerOptions(command);
}

const MOST_UNITS = 1_000_000;

function parseUnits(text: string): number {
  const units = Number(text);
  if (/^\d+$/.test(text) && units <= MOST_UNITS) return units;
  throw new InvalidArgumentError(`Write a number from 0 to ${MOST_UNITS}.`);
}
