import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationOption } from './duration-option.ts';

/** What a server takes on at once, as the command line says it; what is left out is up to the engine. */
export interface LimitArguments {
  readonly maxRunning?: number;
  readonly maxQueued?: number;
  /** Calls of one function at once. */
  readonly maxCalls?: number;
  /** Bytes. */
  readonly memoryLimit?: number;
  /** How long calls that are under way have when the server ends, in ms. */
  readonly drain: number;
}

/** The options for what a server takes on, and how it ends. Their defaults are those of the engine. */
export function addLimitOptions(command: Command): Command {
  return command
    .option('--max-running <count>', 'executions that do work at once (default: 1000)', atLeastOne)
    .option('--max-queued <count>', 'executions that wait for their beginning (default: 10000)', count)
    .option('--max-calls <count>', 'calls of one function at once (default: 500)', atLeastOne)
    .option('--memory-limit <size>', 'start nothing near this much memory, such as 512MiB', size)
    .addOption(
      new Option('--drain <duration>', 'time for calls under way when the server ends')
        .argParser(durationOption)
        .default(DRAIN_MS, '30s'),
    );
}

const DRAIN_MS = 30_000;

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A count is a whole number, such as 1000.');
}

function atLeastOne(text: string): number {
  const read = count(text);
  if (read > 0) return read;
  throw new InvalidArgumentError('At least 1 is needed.');
}

const UNIT_BYTES: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30 };

function size(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})(MiB|GiB)$/.exec(text) ?? [];
  const bytes = Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('Write it like 512MiB or 2GiB.');
}
