import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_TIMES, type RetentionTimes, readRetentionTimes } from '#archive/retention-times.ts';
import { addAlertCommands } from './alerts/alert-commands.ts';
import { addApprovalCommands } from './approvals/approval-commands.ts';
import { addArchiveCommands } from './archive/archive-commands.ts';
import { addAslCommand } from './asl/asl-command.ts';
import type { ConvertArguments } from './convert.ts';
import { addDecisionCommands } from './decisions/decision-commands.ts';
import { addDeviceCommands } from './devices/device-commands.ts';
import { addEventCommand } from './events/event-command.ts';
import { addExecutionCommands, addProfileCommand } from './executions/execution-commands.ts';
import { addFigureCommands } from './figures/figure-commands.ts';
import { addLimitOptions } from './limit-options.ts';
import { addNotificationCommands } from './notifications/notification-commands.ts';
import { packageVersion } from './package-version.ts';
import type { PlanArguments } from './plan.ts';
import { addPoolCommands } from './pools/pool-commands.ts';
import { addRehearsalCommands } from './rehearsal/rehearsal-commands.ts';
import { addReportCommands } from './reports/report-commands.ts';
import { addRouteCommands } from './routes/route-commands.ts';
import type { Runner } from './runner.ts';
import type { StartArguments } from './start.ts';
import { addTemplateCommands } from './template-commands.ts';
import type { Terminal } from './terminal.ts';
import { addTopCommand } from './top/top-command.ts';
import type { ValidateArguments } from './validate.ts';
import { addWorkflowCommands } from './workflows/workflow-commands.ts';

type AddCommands = (program: Command, terminal: Terminal, run: Runner) => void;

/** What there is, as help lists it: in the order in which one comes to need it. */
const COMMANDS: readonly (readonly [heading: string, add: readonly AddCommands[]])[] = [
  [
    'Write workflows, and try them on this machine:',
    [
      ...[addRunCommands, addFileCommands, addPlanCommand, addRehearsalCommands, addTemplateCommands],
      ...[addConvertCommand, addAslCommand],
    ],
  ],
  ['Serve them:', [addServerCommands, addBackupCommands]],
  [
    'Operate a running server:',
    [
      ...[addWorkflowCommands, addExecutionCommands, addApprovalCommands, addDeviceCommands, addPoolCommands],
      ...[addDecisionCommands, addNotificationCommands, addAlertCommands],
    ],
  ],
  [
    'See what goes on, and how it went:',
    [
      ...[addTopCommand, addEventCommand, addProfileCommand, addFigureCommands, addReportCommands],
      ...[addRouteCommands, addArchiveCommands],
    ],
  ],
];

const HELP = 'the same, of one command';

/** The command line. Each command's code is loaded only when it is called, so that starting is quick. */
export function createProgram(terminal: Terminal, run: Runner): Command {
  const program = new Command('stepwright')
    .description('Orchestrate commands on fleets of devices.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what there is to know')
    .helpCommand('help [command]', HELP)
    .configureHelp({ helpWidth: terminal.columns, minWidthToWrap: 30 })
    .configureOutput({ writeErr: (text) => terminal.note(text.trimEnd()) })
    .showSuggestionAfterError()
    .showHelpAfterError('  hint: "stepwright --help" tells what there is')
    .exitOverride();
  for (const [heading, add] of COMMANDS) {
    program.commandsGroup(heading);
    for (const addSome of add) addSome(program, terminal, run);
  }
  // Commands below take their own from the first time; this one stands by itself.
  program.commandsGroup('Help:').helpCommand('help [command]', HELP);
  for (const { name, command } of verbsOf(program)) {
    command
      .option('--json', 'print one JSON document on stdout, and everything else on stderr')
      .option('--debug', 'show where in the code a fault came from')
      .showHelpAfterError(`  hint: "stepwright ${name} --help" tells what it takes`);
  }
  return program;
}

/** The commands that do something, also those below others, with how they are called. */
function verbsOf({ commands }: Command): readonly { readonly name: string; readonly command: Command }[] {
  return commands.flatMap((command) => {
    const below = verbsOf(command).map((verb) => ({ ...verb, name: `${command.name()} ${verb.name}` }));
    return below.length > 0 ? below : [{ name: command.name(), command }];
  });
}

function addFileCommands(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('validate')
    .description('tell all that is wrong with workflow files or project folders')
    .argument('<path...>', 'workflow files or project folders')
    .option('--remote', 'ask Step Functions about each machine, too, with the AWS credentials at hand')
    .option('--endpoint-url <url>', 'with --remote: where to ask, such as an emulator')
    .option('--region <region>', 'with --remote: the AWS region to ask in')
    .action((paths: string[], options: Omit<ValidateArguments, 'paths'>) =>
      run(async () => (await import('./validate.ts')).validateCommand({ paths, ...options }, terminal)),
    );
  program
    .command('compile')
    .description('print the Amazon States Language that a workflow becomes')
    .argument('<file>', 'workflow file')
    .option('--profile <file>', 'measured times: a JSON file of step ids to ms')
    .action((file: string, options: { profile?: string }) =>
      run(async () => (await import('./compile.ts')).compileCommand({ file, ...options }, terminal)),
    );
}

function addConvertCommand(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('convert')
    .description(
      'write a YAML file as JSON, or the other way round, comments kept; DMN as decision files, and back',
    )
    .argument('<file>', 'any file of a project, or a .dmn file')
    .addOption(new Option('--to <format>', 'format to write').choices(['yaml', 'json', 'dmn']))
    .option('-o, --out <file>', 'file to write, of several decisions a folder (default: standard output)')
    .action((file: string, options: Omit<ConvertArguments, 'file'>) =>
      run(async () => (await import('./convert.ts')).convertCommand({ file, ...options }, terminal)),
    );
}

function addPlanCommand(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('plan')
    .description('tell what a run of a workflow will do, take and cost')
    .argument('<file>', 'workflow file')
    .option('--input <json>', 'input of the run: JSON, or @ and the name of a JSON or YAML file')
    .option('--assume <step=count...>', 'items, iterations or devices of a step', parseCount, new Map())
    .option('--profile <file>', 'measured times: a JSON file of step ids to ms')
    .option('--mermaid', 'print a Mermaid flowchart')
    .option('--svg', 'print an SVG chart')
    .action((file: string, options: Omit<PlanArguments, 'file'>) =>
      run(async () => (await import('./plan.ts')).planCommand({ file, ...options }, terminal)),
    );
}

function parseCount(text: string, counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [, step, count] = /^(\w+)=(\d{1,9})$/.exec(text) ?? [];
  if (step === undefined) throw new InvalidArgumentError('Write it like rollout=50.');
  return new Map([...counts, [step, Number(count)]]);
}

function addRunCommands(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('run')
    .description('run a workflow durably in this process, with live progress')
    .argument('<file>', 'workflow file')
    .option('--input <json>', 'input of the workflow: JSON, or @ and the name of a JSON or YAML file')
    .option('--fleet <file>', 'fleet file whose devices are simulated')
    .option(
      '--data <dir>',
      'keep the state here; run again to go on after a crash (default: a temporary one)',
    )
    .option(
      '--mqtt-port <number>',
      'port for devices of your own to connect to; 0 takes any free one',
      parsePort,
      0,
    )
    .action((file: string, options: { input?: string; fleet?: string; data?: string; mqttPort: number }) =>
      run(async () => (await import('./run.ts')).runCommand({ file, ...options }, terminal)),
    );
  program
    .command('demo')
    .description('see a firmware rollout on twelve simulated devices, one of which fails')
    .action(() => run(async () => (await import('./demo.ts')).demoCommand(terminal)));
}

function addServerCommands(program: Command, terminal: Terminal, run: Runner): void {
  const start = program
    .command('start')
    .description('serve the API, the MQTT broker and the engine from this process')
    .option('--data <dir>', 'keep the state here', '.stepwright')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port of the API; 0 takes any free one', parsePort, 8787)
    .option('--mqtt-port <number>', 'port of the MQTT broker; 0 takes any free one', parsePort, 1883)
    .option('--project <dir>', 'publish the workflows of this folder')
    .option('--fleet <file>', 'simulate the devices of this fleet file in this process')
    .addOption(
      new Option(
        '--retain <time>',
        'delete executions so long after their end, such as 30d, or keep them "forever"; of each kind: executions=30d,events=3d',
      )
        .argParser(parseRetention)
        .default(DEFAULT_TIMES, '90d'),
    )
    .option('--archive <place>', 'folder, or s3://bucket/prefix, that records go to before they are deleted')
    .option(
      '--public-url <url>',
      'where people reach this server, for links that are sent to them (default: where it listens)',
      parseUrl,
    )
    .option(
      '--otlp <url>',
      'send traces and metrics to this collector, such as http://127.0.0.1:4318 (default: where OTEL_EXPORTER_OTLP_ENDPOINT says)',
    )
    .option('--aws', 'let state machines call AWS with the credentials of this process');
  addLimitOptions(start).action((options: StartArguments) =>
    run(async () => (await import('./start.ts')).startCommand(options, terminal)),
  );
  program
    .command('fleet')
    .description('simulate the devices of a fleet file as a process of their own')
    .argument('<file>', 'fleet file')
    .option('--broker <url>', 'MQTT broker to connect to', 'mqtt://127.0.0.1:1883')
    .option('--log <file>', 'append a JSON line for each command that a device executes')
    .option('--data <dir>', 'keep here which commands the devices have done, so that none is done twice')
    .action((file: string, options: { broker: string; log?: string; data?: string }) =>
      run(async () => (await import('./fleet.ts')).fleetCommand({ file, ...options }, terminal)),
    );
}

function addBackupCommands(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('backup')
    .description('write all data of a server, as it is at this instant, into one file; the server may go on')
    .argument('<file>', 'file to write; it must not be there')
    .option('--data <dir>', 'data directory of the server', '.stepwright')
    .action((file: string, options: { data: string }) =>
      run(async () => (await import('./backup.ts')).backupCommand({ file, ...options }, terminal)),
    );
  program
    .command('restore')
    .description('make a data directory of a backup')
    .argument('<file>', 'file that "stepwright backup" has made')
    .option('--data <dir>', 'data directory to make; it must hold no data', '.stepwright')
    .action((file: string, options: { data: string }) =>
      run(async () => (await import('./backup.ts')).restoreCommand({ file, ...options }, terminal)),
    );
}

function parseRetention(text: string): RetentionTimes {
  const read = readRetentionTimes(text);
  if ('times' in read) return read.times;
  throw new InvalidArgumentError(`${read.problem}.`);
}

const HIGHEST_PORT = 65_535;

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= HIGHEST_PORT) return port;
  throw new InvalidArgumentError(`A port is a number from 0 to ${HIGHEST_PORT}.`);
}

/** An address without its last slash. */
function parseUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === '';
  if (isPlain && ['http:', 'https:'].includes(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new InvalidArgumentError('Write it like https://stepwright.example.org.');
}
