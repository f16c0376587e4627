import { type Command, Option } from 'commander';
import { durationOption } from '../duration-option.ts';
import type { ServerArguments } from '../find-server.ts';
import { addOperatorOptions } from '../operator.ts';
import { pairsOption } from '../pair-option.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { AnswerArguments, ListArguments } from './alerts.ts';
import type { SilenceArguments } from './silences.ts';
import type { TestAlertsArguments } from './test.ts';

/** The verbs of `stepwright alerts`. */
export function addAlertCommands(program: Command, terminal: Terminal, run: Runner): void {
  const alerts = program
    .command('alerts')
    .description('look at the alerts of a running server, answer them, and test rules')
    .showHelpAfterError('  hint: "stepwright alerts --help" tells its verbs');
  alerts
    .command('list')
    .description('list alerts that are not over, the newest first')
    .addOption(
      new Option('--state <state>', 'only those in this state').choices([
        ...['pending', 'firing', 'acknowledged', 'resolved'],
      ]),
    )
    .addOption(new Option('--severity <severity>', 'only these').choices(['info', 'warning', 'critical']))
    .action((options: ListArguments) =>
      run(async () => (await import('./alerts.ts')).listCommand(options, terminal)),
    );
  alerts
    .command('show')
    .description('tell what an alert is about, and who has said what of it')
    .argument('<alert>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./alerts.ts')).showCommand(id, options, terminal)),
    );
  addAnswers(alerts, terminal, run);
  addSilences(alerts, terminal, run);
  alerts
    .command('publish')
    .description('publish files of alerts, each in the place of the one of the same name')
    .argument('<path...>', 'files of alerts, or project folders')
    .action((paths: string[], options: ServerArguments) =>
      run(async () => (await import('./publish.ts')).publishAlertsCommand({ ...options, paths }, terminal)),
    );
  for (const command of alerts.commands) addServerOptions(command);
  alerts
    .command('compile')
    .description('print the Amazon States Language that the escalations of a file become')
    .argument('<file>', 'file of alerts')
    .action((file: string) =>
      run(async () => (await import('./compile.ts')).compileAlertsCommand(file, terminal)),
    );
  addTest(alerts, terminal, run);
}

function addAnswers(alerts: Command, terminal: Terminal, run: Runner): void {
  for (const verb of ['acknowledge', 'resolve'] as const) {
    const command = alerts
      .command(verb)
      .description(
        verb === 'acknowledge'
          ? 'say that somebody looks after alerts: nobody is told of them any more'
          : 'say that alerts are over',
      )
      .argument('<alert...>', 'their ids')
      .action((ids: string[], options: Omit<AnswerArguments, 'ids' | 'verb'>) =>
        run(async () => (await import('./alerts.ts')).answerCommand({ ...options, ids, verb }, terminal)),
      );
    addOperatorOptions(command);
  }
}

function addSilences(alerts: Command, terminal: Terminal, run: Runner): void {
  const silence = alerts
    .command('silence')
    .description(
      'tell nobody of an alert for some time, nor of the same one when it comes again; or of all that match',
    )
    .argument('[alert]', 'its id')
    .addOption(
      new Option(
        '--match <name=value>',
        'without an id: all alerts with this alert, severity, team or zone; several of one name are any of them',
      ).argParser(pairsOption),
    )
    .option('--group <name>', 'without an id: only alerts of this file')
    .option('--for <time>', 'for how long, such as 2h', '1h')
    .action((id: string | undefined, options: Omit<SilenceArguments, 'id'>) =>
      run(async () => {
        const isMatched = options.match !== undefined || options.group !== undefined;
        if (isMatched === (id !== undefined))
          silence.error('error: name one alert by its id, or all that match by --match and --group');
        if (isMatched && options.reason === undefined)
          silence.error('error: --reason has to say why all of them are silenced');
        return (await import('./silences.ts')).silenceCommand({ ...options, id }, terminal);
      }),
    );
  addOperatorOptions(silence);
  alerts
    .command('silences')
    .description('list the silences that people have made, also those that have not begun')
    .action((options: ServerArguments) =>
      run(async () => (await import('./silences.ts')).silencesCommand(options, terminal)),
    );
  alerts
    .command('unsilence')
    .description('end a silence: what fires is told of again')
    .argument('<silence>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./silences.ts')).unsilenceCommand(id, options, terminal)),
    );
}

function addTest(alerts: Command, terminal: Terminal, run: Runner): void {
  alerts
    .command('test')
    .description('replay recorded events through the rules of a file, and tell who would have been told')
    .argument('<file>', 'file of alerts')
    .requiredOption('--events <file>', 'events as "stepwright events --json" prints them, or a line each')
    .addOption(
      new Option('--after <time>', 'how long time goes on after the last event')
        .argParser(durationOption)
        .default(DEFAULT_AFTER_MS, '1h'),
    )
    .option('--fires [alert...]', 'exit with 1 unless exactly these alerts fire; none, where none is named')
    .action((file: string, options: Omit<TestAlertsArguments, 'file'>) =>
      run(async () => (await import('./test.ts')).testAlertsCommand({ ...options, file }, terminal)),
    );
}

const DEFAULT_AFTER_MS = 3_600_000;
