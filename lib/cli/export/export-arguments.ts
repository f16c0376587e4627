import { type Command, Option } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { parseSplit, type Split } from './split.ts';

/** The formats that rows are written in. */
export const FORMATS = ['jsonl', 'csv', 'parquet'] as const;

/** The period that a verb is about. */
export interface PeriodArguments extends ServerArguments {
  /** A day or an instant. */
  readonly from?: string;
  readonly to?: string;
}

/** How records are written to files. */
export interface ExportArguments extends PeriodArguments {
  readonly format: (typeof FORMATS)[number];
  readonly split?: Split;
  /** Commander's name for what `--without-personal-data` sets. */
  readonly withoutPersonalData?: boolean;
  readonly out: string;
}

/** The options of a period. */
export function addPeriodOptions(command: Command): Command {
  return command
    .option('--from <time>', 'day or instant from which on (default: 7 days before --to)')
    .option('--to <time>', 'day or instant before which (default: now)');
}

/** The options of an export. */
export function addExportOptions(command: Command): Command {
  return addPeriodOptions(command)
    .addOption(new Option('--format <format>', 'how rows are written').choices(FORMATS).default('jsonl'))
    .option('--split <split>', 'files to train and to test by time, such as time:0.8', parseSplit)
    .option('--without-personal-data', 'leave out what is marked personal, and write pseudonyms for ids')
    .requiredOption('-o, --out <dir>', 'folder to write to');
}
