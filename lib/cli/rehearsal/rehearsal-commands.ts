import { type Command, InvalidArgumentError } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { DrillArguments } from './drill.ts';
import type { SimulateArguments } from './simulate.ts';
import type { TestArguments } from './test.ts';
import type { WhatIfArguments } from './what-if.ts';

interface DrillOptions extends Omit<DrillArguments, 'paths' | 'publishTo'>, ServerArguments {
  readonly publish?: true;
}

const INPUT = 'input of the workflow: JSON, or @ and the name of a JSON or YAML file';

/** Adds the commands that rehearse workflows on simulated devices, in virtual time. */
export function addRehearsalCommands(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('simulate')
    .description('run a workflow many times in virtual time, with faults, and tell what came of it')
    .argument('<file>', 'workflow file')
    .option('--runs <number>', 'how many runs', parseCount, 100)
    .option('--seed <number>', 'seed of the first run; each has the next one', parseSeed, 1)
    .option('--faults <name>', 'what goes wrong: standard, none, or a file of faults', 'standard')
    .option('--fleet <file>', 'fleet file whose devices are simulated')
    .option('--input <json>', INPUT)
    .option('--trace', 'print what happens in each run')
    .action((file: string, options: Omit<SimulateArguments, 'file'>) =>
      run(async () => (await import('./simulate.ts')).simulateCommand({ file, ...options }, terminal)),
    );
  program
    .command('test')
    .description('run the tests of workflows on simulated devices, in virtual time')
    .argument('<path...>', 'files of tests, workflow files with tests beside them, or project folders')
    .option('--seeds <number>', 'how many seeds each case is run with', parseCount, 1)
    .option('--only <text>', 'only cases with this in their name')
    .option('--junit <file>', 'write a report in the XML of JUnit')
    .action((paths: string[], options: Omit<TestArguments, 'paths'>) =>
      run(async () => (await import('./test.ts')).testCommand({ paths, ...options }, terminal)),
    );
  const drill = program
    .command('drill')
    .description('prove on simulated devices that what workflows do is undone when they fail')
    .argument('<path...>', 'workflow files, files of tests, or project folders')
    .option('--fleet <file>', 'also run the workflows on the devices of this fleet file')
    .option('--input <json>', `with --fleet: ${INPUT}`)
    .option('--publish', 'put what is found on record with the versions that are published on a server')
    .action((paths: string[], { publish, endpoint, token, data, ...options }: DrillOptions) => {
      const server = { data, ...(endpoint && { endpoint }), ...(token && { token }) };
      const args = { paths, ...options, ...(publish && { publishTo: server }) };
      return run(async () => (await import('./drill.ts')).drillCommand(args, terminal));
    });
  addServerOptions(drill);
  const whatIf = program
    .command('what-if')
    .description(
      'run a new version of a workflow on what an execution has recorded, and tell where it differs',
    )
    .argument('<execution>', 'id of the execution')
    .requiredOption('--workflow <file>', 'workflow file of the new version')
    .option('--from <dir>', 'read the execution from the data directory of a server that does not run')
    .action((execution: string, options: Omit<WhatIfArguments, 'execution'>) =>
      run(async () => (await import('./what-if.ts')).whatIfCommand({ execution, ...options }, terminal)),
    );
  addServerOptions(whatIf);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 9999999.');
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A seed is a number from 0 to 999999999.');
}
