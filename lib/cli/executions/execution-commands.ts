import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { addOperatorOptions, type OperatorArguments } from '../operator.ts';
import type { ProfileArguments } from '../profile/profile.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { BroadcastArguments } from './broadcast.ts';
import type { ListArguments } from './list.ts';
import type { StartArguments } from './start.ts';

/** The verbs of `stepwright executions`. */
export function addExecutionCommands(program: Command, terminal: Terminal, run: Runner): void {
  const executions = program
    .command('executions')
    .description('start executions on a running server, look at them, and reach into them')
    .showHelpAfterError('  hint: "stepwright executions --help" tells its verbs');
  addStart(executions, terminal, run);
  addReadingVerbs(executions, terminal, run);
  const verbs = { executions, terminal, run };
  addPlainVerbs(verbs);
  addVerbsWithMore(verbs);
  for (const command of executions.commands) addServerOptions(command);
}

function addStart(executions: Command, terminal: Terminal, run: Runner): void {
  executions
    .command('start')
    .description('start a published workflow')
    .argument('<workflow[@version]>', 'its name; with a version, a range or an alias')
    .option('--input <json>', 'its input: JSON, or @ and the name of a JSON or YAML file (default: {})')
    .option('--name <id>', 'id of the execution: with the same one again, it is not started twice')
    .option('--follow', 'tell how it goes until it has ended; exit code 1 when it has not succeeded')
    .option('--by <name>', 'who starts it (default: STEPWRIGHT_USER, else who is logged in here)')
    .action((reference: string, options: Omit<StartArguments, 'reference'>) =>
      run(async () => (await import('./start.ts')).startCommand({ reference, ...options }, terminal)),
    );
}

function addReadingVerbs(executions: Command, terminal: Terminal, run: Runner): void {
  executions
    .command('list')
    .description('list executions, the newest first: of a workflow, or of a day')
    .option('--workflow <name>', 'only executions of this workflow')
    .option('--day <date>', 'only those started on this day, such as 2026-11-24 (UTC; default: today)')
    .option('--status <status...>', 'only those that stand so, such as running, failed or rolled-back')
    .option('--limit <number>', 'at most so many', parseLimit, 50)
    .action((options: ListArguments) =>
      run(async () => (await import('./list.ts')).listCommand(options, terminal)),
    );
  executions
    .command('show')
    .description('tell how an execution stands, step by step, and what it has taken')
    .argument('<execution>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./show.ts')).showCommand(id, options, terminal)),
    );
  executions
    .command('follow')
    .description('tell how an execution goes until it has ended; exit code 1 when it has not succeeded')
    .argument('<execution>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./follow.ts')).followCommand(id, options, terminal)),
    );
  executions
    .command('rollouts')
    .description('tell how the rollouts of an execution were divided into waves, and what of them waits')
    .argument('<execution>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./rollouts.ts')).rolloutsCommand(id, options, terminal)),
    );
  executions
    .command('history')
    .description('print every event of an execution, and what operators have done to it')
    .argument('<execution>', 'its id')
    .action((id: string, options: ServerArguments) =>
      run(async () => (await import('./history.ts')).historyCommand(id, options, terminal)),
    );
}

/** `stepwright profile`. */
export function addProfileCommand(program: Command, terminal: Terminal, run: Runner): void {
  const profile = program
    .command('profile')
    .description('tell what an execution has spent its time on, and what the whole waited for')
    .argument('<execution>', 'its id')
    .option('--svg <file>', 'write a Gantt chart')
    .option('--trace <file>', 'write a trace for chrome://tracing or Perfetto')
    .option('--times <file>', 'write the measured times, for "stepwright plan --profile"')
    .action((execution: string, options: Omit<ProfileArguments, 'execution'>) =>
      run(async () =>
        (await import('../profile/profile.ts')).profileCommand({ execution, ...options }, terminal),
      ),
    );
  addServerOptions(profile);
}

interface Verbs {
  readonly executions: Command;
  readonly terminal: Terminal;
  readonly run: Runner;
}

const PLAIN_VERBS = [
  ['pause', 'let no more step begin; those under way end'],
  ['resume', 'let a paused execution go on'],
] as const;

function addPlainVerbs({ executions, terminal, run }: Verbs): void {
  for (const [verb, description] of PLAIN_VERBS) {
    operatorVerb(executions, verb, description).action((id: string, options: OperatorArguments) =>
      run(async () => (await import('./operate.ts')).verbCommand({ ...options, id, verb }, terminal)),
    );
  }
}

function addVerbsWithMore({ executions, terminal, run }: Verbs): void {
  operatorVerb(executions, 'stop', 'stop an execution; what it completed is undone')
    .option('--keep', 'leave what it completed; "rollback" undoes it later')
    .action((id: string, options: OperatorArguments & { keep?: true }) =>
      run(async () => (await import('./operate.ts')).stopCommand({ ...options, id }, terminal)),
    );
  operatorVerb(executions, 'redrive', 'go on with an execution from the steps that did not succeed')
    .option('--to-version <version>', 'go on with this newer version of the workflow (default: its own)')
    .action((id: string, { toVersion, ...options }: OperatorArguments & { toVersion?: string }) =>
      run(async () => {
        const version = toVersion === undefined ? {} : { version: toVersion };
        return (await import('./operate.ts')).redriveCommand({ ...options, ...version, id }, terminal);
      }),
    );
  operatorVerb(
    executions,
    'rollback',
    'undo what an execution has left on its devices; what was given up is tried again',
  )
    .addOption(
      new Option(
        '--unknown <what>',
        'of commands of which it is unknown what they did: undo them, or take them to have had no effect',
      ).choices(['undo', 'keep']),
    )
    .action((id: string, options: OperatorArguments & { unknown?: string }) =>
      run(async () => (await import('./operate.ts')).rollbackCommand({ ...options, id }, terminal)),
    );
  operatorVerb(executions, 'skip', 'give a step that waits or has failed an output, and go on after it')
    .argument('<step>', 'path of the step, such as rollout[3].flash')
    .option(
      '--output <json>',
      'what stands in for its result: JSON, or @ and the name of a file (default: null)',
    )
    .action((id: string, path: string, options: OperatorArguments & { output?: string }) =>
      run(async () => (await import('./operate.ts')).skipCommand({ ...options, id, path }, terminal)),
    );
  operatorVerb(executions, 'next', 'let a rollout that waits between two waves go on now')
    .option('--path <path>', 'of the forEach, such as rollout (default: every one that waits)')
    .action((id: string, options: OperatorArguments & { path?: string }) =>
      run(async () => (await import('./operate.ts')).nextCommand({ ...options, id }, terminal)),
    );
  operatorVerb(executions, 'signal', 'tell an execution of an event')
    .argument('<event>', 'name of the event')
    .option('--payload <json>', 'what comes with it: JSON, or @ and the name of a file (default: {})')
    .action((id: string, name: string, options: OperatorArguments & { payload?: string }) =>
      run(async () => (await import('./operate.ts')).signalCommand({ ...options, id, name }, terminal)),
    );
  executions
    .command('broadcast')
    .description('tell every execution that waits for it of an event')
    .argument('<event>', 'name of the event')
    .option('--payload <json>', 'what comes with it: JSON, or @ and the name of a file (default: {})')
    .option(
      '--id <id>',
      'what tells it from other events: with the same one again within a day, nothing is done',
    )
    .option('--keep <time>', 'how long steps that begin to wait later get it, too, such as 30s')
    .action((name: string, options: Omit<BroadcastArguments, 'name'>) =>
      run(async () => (await import('./broadcast.ts')).broadcastCommand({ name, ...options }, terminal)),
    );
}

/** A verb that changes an execution: who does it and why is kept with its history. */
function operatorVerb(executions: Command, verb: string, description: string): Command {
  return addOperatorOptions(
    executions.command(verb).description(description).argument('<execution>', 'its id'),
  );
}

const MOST = 100_000;

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit > 0 && limit <= MOST) return limit;
  throw new InvalidArgumentError(`Write a number from 1 to ${MOST}.`);
}
