import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '#core/duration.ts';
import { addOperatorOptions } from '../operator.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { TopArguments } from './top.ts';

const DEFAULT_INTERVAL_MS = 2_000;
const SHORTEST_INTERVAL_MS = 250;

/** `stepwright top`. */
export function addTopCommand(program: Command, terminal: Terminal, run: Runner): void {
  const command = program
    .command('top')
    .description('watch a running server: executions, rates, times, alerts and the fleet, live')
    .option('--once', 'print one picture as text and end; so does a terminal that cannot be drawn on')
    .option('--count <number>', 'print so many pictures and end; with --json, a line for each', parseCount)
    .option('--interval <time>', 'with --count: from one to the next', parseInterval, DEFAULT_INTERVAL_MS)
    .action((options: TopArguments) =>
      run(async () => (await import('./top.ts')).topCommand(options, terminal)),
    );
  addServerOptions(addOperatorOptions(command));
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1) return count;
  throw new InvalidArgumentError('Write a number from 1 on.');
}

function parseInterval(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= SHORTEST_INTERVAL_MS) return ms;
  throw new InvalidArgumentError('Write it like 2s; 250ms is the shortest.');
}
