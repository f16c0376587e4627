import type { Command } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';
import type { EvaluateArguments } from './evaluate.ts';
import { addLearningVerbs } from './learning-verbs.ts';

/** The verbs of `stepwright decisions`. */
export function addDecisionCommands(program: Command, terminal: Terminal, run: Runner): void {
  const decisions = program
    .command('decisions')
    .description('ask decisions, test them, and publish them to a running server')
    .showHelpAfterError('  hint: "stepwright decisions --help" tells its verbs');
  decisions
    .command('evaluate')
    .description('decide, by a file or by what is published, and tell why')
    .argument(
      '<file|name[@version]>',
      'decision file, or name of a published decision with a version or a range',
    )
    .option('--input <json>', 'values by input: JSON, or @ and the name of a JSON or YAML file')
    .option('--trace', 'tell of each rule that does not hold why')
    .action((reference: string, options: Omit<EvaluateArguments, 'reference'>) =>
      run(async () => (await import('./evaluate.ts')).evaluateCommand({ reference, ...options }, terminal)),
    );
  decisions
    .command('publish')
    .description('publish decision files, with the reference data beside them')
    .argument('<path...>', 'decision files or project folders')
    .action((paths: string[], options: ServerArguments) =>
      run(async () =>
        (await import('./publish.ts')).publishDecisionsCommand({ paths, ...options }, terminal),
      ),
    );
  addReadingVerbs(decisions, terminal, run);
  addLearningVerbs(decisions, terminal, run);
  for (const command of decisions.commands) addServerOptions(command);
  decisions
    .command('test')
    .description('run the test cases that stand in decision files')
    .argument('<path...>', 'decision files or project folders')
    .action((paths: string[]) =>
      run(async () => (await import('./test.ts')).testDecisionsCommand({ paths }, terminal)),
    );
}

function addReadingVerbs(decisions: Command, terminal: Terminal, run: Runner): void {
  decisions
    .command('list')
    .description('list the published decisions')
    .action((options: ServerArguments) =>
      run(async () => (await import('./list.ts')).listDecisionsCommand(options, terminal)),
    );
  decisions
    .command('show')
    .description('print a published version')
    .argument('<name[@version]>', 'decision, and its version or range (default: the latest)')
    .action((reference: string, options: ServerArguments) =>
      run(async () => (await import('./list.ts')).showDecisionCommand(reference, options, terminal)),
    );
  decisions
    .command('versions')
    .description('list the versions of a decision')
    .argument('<name>', 'decision')
    .action((name: string, options: ServerArguments) =>
      run(async () => (await import('./list.ts')).decisionVersionsCommand(name, options, terminal)),
    );
}
