import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '#reports/render/formats.ts';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { MakeArguments } from './make.ts';

/** The verbs of `stepwright reports`, which `report` is short for. */
export function addReportCommands(program: Command, terminal: Terminal, run: Runner): void {
  const reports = program
    .command('reports')
    .alias('report')
    .description('make reports of what has happened on a running server')
    .showHelpAfterError('  hint: "stepwright reports --help" tells its verbs');
  reports
    .command('list')
    .description('list the reports that are published, and when they are made')
    .action((options: ServerArguments) =>
      run(async () => (await import('./reports.ts')).listCommand(options, terminal)),
    );
  reports
    .command('show')
    .description('tell what a report is, and what was made of it last')
    .argument('<report>', 'its name')
    .action((name: string, options: ServerArguments) =>
      run(async () => (await import('./reports.ts')).showCommand(name, options, terminal)),
    );
  addMake(reports, terminal, run);
  addOut(
    reports
      .command('made')
      .description('list what was made of a report by schedule, or read one of it as it was then')
      .argument('<report>', 'its name')
      .argument('[id]', 'the one to read'),
  ).action((name: string, id: string | undefined, options: ServerArguments) =>
    run(async () => (await import('./reports.ts')).madeCommand({ ...options, name, id }, terminal)),
  );
  reports
    .command('publish')
    .description('publish files of reports, each in the place of the one of the same name')
    .argument('<path...>', 'files of reports, or project folders')
    .action((paths: string[], options: ServerArguments) =>
      run(async () => (await import('./reports.ts')).publishReportsCommand({ ...options, paths }, terminal)),
    );
  for (const command of reports.commands) addServerOptions(command);
}

function addMake(reports: Command, terminal: Terminal, run: Runner): void {
  const make = reports
    .command('make')
    .description('make a report now, of a published one or of a file that is not published')
    .argument('<report>', 'its name, or a file')
    .addOption(new Option('--last <time>', 'records of so long up to now, such as 7d').conflicts('from'))
    .option('--from <day>', 'from which day on, or an instant with its offset')
    .option('--to <day>', 'before which day, or instant (default: now)');
  addOut(make).action((reference: string, options: Omit<MakeArguments, 'reference'>) =>
    run(async () => (await import('./make.ts')).makeCommand({ ...options, reference }, terminal)),
  );
}

function addOut(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'as what (default: for the terminal, or by the name of --out)').choices(
        REPORT_FORMATS,
      ),
    )
    .option('-o, --out <file>', 'file to write');
}
