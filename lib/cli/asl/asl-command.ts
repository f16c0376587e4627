import { type Command, Option } from 'commander';
import type { Runner } from '../runner.ts';
import type { Terminal } from '../terminal.ts';
import type { AslArguments } from './asl.ts';

/** Adds `stepwright asl`. */
export function addAslCommand(program: Command, terminal: Terminal, run: Runner): void {
  program
    .command('asl')
    .description('run a state machine in Amazon States Language, as it is, and print how it ends')
    .argument('<file>', 'the state machine, as JSON or YAML')
    .option('--input <json>', 'input of the execution: JSON, or @ and the name of a JSON or YAML file')
    .option('--mocks <file>', 'mock file of Step Functions Local, with answers of tasks')
    .option('--machine <name>', 'state machine in the mock file (default: the only one)')
    .option('--case <name>', 'test case of that state machine (default: the only one)')
    .option('--aws', 'call AWS, with the credentials of this process, where no answer is mocked')
    .option('--history', 'print the events of the execution, too')
    .addOption(
      new Option('--clock <time>', 'virtual: waits and retries take no time')
        .choices(['real', 'virtual'])
        .default('real'),
    )
    .action((file: string, options: Omit<AslArguments, 'file'>) =>
      run(async () => (await import('./asl.ts')).aslCommand({ file, ...options }, terminal)),
    );
}
