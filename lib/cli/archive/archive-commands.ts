import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ARCHIVE_NAMES } from '#archive/archive-kinds.ts';
import type { Runner } from '../runner.ts';
import type { Terminal } from '../terminal.ts';
import type { ArchiveArguments } from './find-archive.ts';
import type { ListArguments } from './list.ts';
import { QUERY_FORMATS, type QueryArguments } from './query.ts';
import type { ShowArguments } from './show.ts';

const MOST = 1_000_000;

/** The verbs of `stepwright archive`. */
export function addArchiveCommands(program: Command, terminal: Terminal, run: Runner): void {
  const archive = program
    .command('archive')
    .description('look at what was archived before it was deleted: in a folder, or a bucket of S3')
    .showHelpAfterError('  hint: "stepwright archive --help" tells its verbs');
  addPeriod(archive.command('list'))
    .description('list what there is, by kind and day, from what the manifests tell')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(ARCHIVE_NAMES))
    .action((options: ListArguments) =>
      run(async () => (await import('./list.ts')).listCommand(options, terminal)),
    );
  addQuery(archive, terminal, run);
  archive
    .command('show')
    .description('show an archived execution as "executions show" did')
    .argument('<execution>', 'its id')
    .option('--history', 'show its events in place of its steps')
    .action((id: string, options: ShowArguments) =>
      run(async () => (await import('./show.ts')).showCommand(id, options, terminal)),
    );
  archive
    .command('verify')
    .description('read every part, and hold it against its manifest: checksum, number, ids')
    .action((options: ArchiveArguments) =>
      run(async () => (await import('./verify.ts')).verifyCommand(options, terminal)),
    );
  for (const command of archive.commands)
    command.option(
      '--archive <place>',
      'folder, or s3://bucket/prefix (default: STEPWRIGHT_ARCHIVE, else .stepwright/archive)',
    );
}

function addQuery(archive: Command, terminal: Terminal, run: Runner): void {
  addPeriod(archive.command('query'))
    .description('tell what was archived of a kind, the newest day first')
    .addArgument(new Argument('<kind>', 'what is asked for').choices(ARCHIVE_NAMES))
    .option('--workflow <name>', 'only of this workflow')
    .option(
      '--status <status>',
      'only what stands so, such as FAILED; of events the kind, of history the type',
    )
    .option('--device <id>', 'only what is about this device')
    .option('--execution <id>', 'only of this execution')
    .option('--where <expression>', 'only records for which this JSONata is true')
    .option(
      '--columns <names>',
      'what is shown of each, such as executionId,error or outcome.status',
      readNames,
    )
    .addOption(new Option('--limit <number>', 'at most so many').argParser(readLimit).default(100))
    .addOption(
      new Option('--format <format>', 'how records are written').choices(QUERY_FORMATS).default('table'),
    )
    .action((kind: QueryArguments['kind'], options: Omit<QueryArguments, 'kind'>) =>
      run(async () => (await import('./query.ts')).queryCommand({ ...options, kind }, terminal)),
    );
}

function addPeriod(command: Command): Command {
  return command
    .option('--from <time>', 'day or instant from which on (default: the first)', readTime)
    .option('--to <time>', 'day or instant before which (default: the last)', readTime);
}

/** An instant as records have it. */
function readTime(text: string): string {
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? new Date(text) : undefined;
  if (at !== undefined && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError('Write it like 2026-11-26 or 2026-11-26T08:00:00Z.');
}

function readNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => /^[\w.-]+$/.test(name))) return names;
  throw new InvalidArgumentError('Write names of fields with commas between, such as executionId,error.');
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MOST) return limit;
  throw new InvalidArgumentError(`Write a number from 1 to ${MOST}.`);
}
