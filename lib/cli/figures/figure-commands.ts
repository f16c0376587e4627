import { type Command, InvalidArgumentError, Option } from 'commander';
import { addPeriodOptions, type PeriodArguments } from '../export/export-arguments.ts';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type {
  BottleneckArguments,
  ForecastArguments,
  OutlierArguments,
  TrendArguments,
  UsageArguments,
} from './figure-verbs.ts';

/** The verbs of `stepwright analytics`. */
export function addFigureCommands(program: Command, terminal: Terminal, run: Runner): void {
  const analytics = program
    .command('analytics')
    .description('tell how executions go over time: trends, bottlenecks, outliers, cost, forecasts')
    .showHelpAfterError('  hint: "stepwright analytics --help" tells its verbs');
  const verbs = () => import('./figure-verbs.ts');
  addPeriodOptions(analytics.command('overview'))
    .description('tell of a period beside the one before')
    .action((options: PeriodArguments) =>
      run(async () => (await verbs()).overviewCommand(options, terminal)),
    );
  addTrendVerb(analytics, terminal, run);
  addPeriodOptions(analytics.command('usage'))
    .description('tell when executions are started over the week, by whom, and of bursts')
    .option('--time-zone <name>', 'of the clock on the wall (default: that of this machine)')
    .action((options: UsageArguments) => run(async () => (await verbs()).usageCommand(options, terminal)));
  addPeriodOptions(analytics.command('bottlenecks'))
    .description('tell what holds the most of the time')
    .addOption(
      new Option('--by <what>', 'what time is divided by')
        .choices(['step', 'command', 'type', 'zone', 'route'])
        .default('step'),
    )
    .option('--workflow <name>', 'only steps and routes of this workflow')
    .action((options: BottleneckArguments) =>
      run(async () => (await verbs()).bottlenecksCommand(options, terminal)),
    );
  addPeriodOptions(analytics.command('outliers'))
    .description(
      'tell which version, caller, input, device, type or zone goes with failed or slow executions',
    )
    .argument('<workflow>', 'workflow')
    .option('--slow', 'with slow ones, in place of failed ones')
    .action((workflow: string, options: Omit<OutlierArguments, 'workflow'>) =>
      run(async () => (await verbs()).outliersCommand({ workflow, ...options }, terminal)),
    );
  addOutlookVerbs(analytics, terminal, run);
  addPeriodOptions(analytics.command('rebuild'))
    .description('count days anew from records and histories, and wait until that is done')
    .action((options: PeriodArguments) =>
      run(async () => (await import('./rebuild-verb.ts')).rebuildCommand(options, terminal)),
    );
  for (const command of analytics.commands) addServerOptions(command);
}

function addTrendVerb(analytics: Command, terminal: Terminal, run: Runner): void {
  addPeriodOptions(analytics.command('trend'))
    .description('tell of a measure over time, with what is usual, anomalies and changes of its level')
    .argument('[measure]', 'such as commands.failureRate', 'executions.ended')
    .addOption(new Option('--by <span>', 'by what').choices(['hour', 'day']).default('day'))
    .option('--workflow <name>', 'only of this workflow')
    .option(
      '--dimension <name>',
      'only of one value of this: version, step, command, type, zone, route, pool …',
    )
    .option('--value <value>', 'with --dimension: the value')
    .action((measure: string, options: Omit<TrendArguments, 'measure'>) =>
      run(async () => (await import('./figure-verbs.ts')).trendCommand({ measure, ...options }, terminal)),
    );
}

function addOutlookVerbs(analytics: Command, terminal: Terminal, run: Runner): void {
  const ahead = () => new Option('--days <number>', 'days ahead').argParser(parseDays).default(28);
  analytics
    .command('cost')
    .description('tell what executions cost on AWS, or would, and how that goes on')
    .addOption(ahead())
    .action((options: ServerArguments & { readonly days: number }) =>
      run(async () => (await import('./figure-verbs.ts')).costCommand(options, terminal)),
    );
  analytics
    .command('forecast')
    .description('tell when executions, or units of a pool, will reach a limit')
    .addOption(ahead())
    .option('--pool <name>', 'units of this pool; its limit, where none is given')
    .option('--limit <number>', 'how many there may be', Number)
    .action((options: ForecastArguments) =>
      run(async () => (await import('./figure-verbs.ts')).forecastCommand(options, terminal)),
    );
}

function parseDays(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= 90) return days;
  throw new InvalidArgumentError('Write a number from 1 to 90.');
}
