import type { Command } from 'commander';
import type { ServerArguments } from '../find-server.ts';
import { parsePercent } from '../parse-percent.ts';
import type { Runner } from '../runner.ts';
import { addServerOptions } from '../server-options.ts';
import type { Terminal } from '../terminal.ts';

/** The verbs of `stepwright workflows`. */
export function addWorkflowCommands(program: Command, terminal: Terminal, run: Runner): void {
  const workflows = program
    .command('workflows')
    .description('publish workflows to a running server, and tell which version runs')
    .showHelpAfterError('  hint: "stepwright workflows --help" tells its verbs');
  addReadingVerbs(workflows, terminal, run);
  addPublishingVerbs(workflows, terminal, run);
  addAliasVerbs(workflows, terminal, run);
  addDeprecationVerbs(workflows, terminal, run);
  for (const command of workflows.commands) addServerOptions(command);
}

function addReadingVerbs(workflows: Command, terminal: Terminal, run: Runner): void {
  workflows
    .command('list')
    .description('list the published workflows')
    .action((options: ServerArguments) =>
      run(async () => (await import('./list.ts')).listCommand(options, terminal)),
    );
  workflows
    .command('show')
    .description('print a published version')
    .argument('<name[@version]>', 'workflow, and its version, range or alias (default: the latest)')
    .action((reference: string, options: ServerArguments) =>
      run(async () => (await import('./show.ts')).showCommand(reference, options, terminal)),
    );
  workflows
    .command('versions')
    .description('list the versions of a workflow, and what points to them')
    .argument('<name>', 'workflow')
    .action((name: string, options: ServerArguments) =>
      run(async () => (await import('./versions.ts')).versionsCommand(name, options, terminal)),
    );
}

function addPublishingVerbs(workflows: Command, terminal: Terminal, run: Runner): void {
  workflows
    .command('publish')
    .description('publish workflow files')
    .argument('<path...>', 'workflow files or project folders')
    .action((paths: string[], options: ServerArguments) =>
      run(async () => (await import('./publish.ts')).publishCommand({ paths, ...options }, terminal)),
    );
  workflows
    .command('diff')
    .description('tell what has changed between two versions, and what it breaks')
    .argument('<before>', 'workflow file, or name@version, name@alias')
    .argument('<after>', 'the same')
    .action((before: string, after: string, options: ServerArguments) =>
      run(async () => (await import('./diff.ts')).diffCommand({ before, after, ...options }, terminal)),
    );
}

function addAliasVerbs(workflows: Command, terminal: Terminal, run: Runner): void {
  workflows
    .command('aliases')
    .description('list the aliases of a workflow')
    .argument('<name>', 'workflow')
    .action((name: string, options: ServerArguments) =>
      run(async () => (await import('./aliases.ts')).aliasesCommand(name, options, terminal)),
    );
  workflows
    .command('alias')
    .description('point an alias to a version')
    .argument('<name>', 'workflow')
    .argument('<alias>', 'such as stable')
    .argument('<version>', 'version that it points to')
    .option('--canary <version>', 'version that gets a share of the executions')
    .option('--percent <number>', 'how many of a hundred it gets', parsePercent)
    .action(
      (
        name: string,
        alias: string,
        version: string,
        options: ServerArguments & { canary?: string; percent?: number },
      ) =>
        run(async () =>
          (await import('./alias.ts')).aliasCommand({ name, alias, version, ...options }, terminal),
        ),
    );
  workflows
    .command('rollback')
    .description('point an alias to where it pointed before')
    .argument('<name>', 'workflow')
    .argument('<alias>', 'such as stable')
    .action((name: string, alias: string, options: ServerArguments) =>
      run(async () => (await import('./alias.ts')).rollbackCommand({ name, alias, ...options }, terminal)),
    );
}

function addDeprecationVerbs(workflows: Command, terminal: Terminal, run: Runner): void {
  const deprecation = async (
    reference: string,
    options: ServerArguments & { readonly reason?: string },
  ): Promise<void> =>
    run(async () =>
      (await import('./deprecate.ts')).deprecateCommand(
        { ...options, reference, reason: options.reason },
        terminal,
      ),
    );
  workflows
    .command('deprecate')
    .description('say that no more executions are to be started of a version')
    .argument('<name@version>', 'version of a workflow')
    .requiredOption('--reason <text>', 'why, and what to take instead')
    .action(deprecation);
  workflows
    .command('undeprecate')
    .description('take that back')
    .argument('<name@version>', 'version of a workflow')
    .action(deprecation);
}
