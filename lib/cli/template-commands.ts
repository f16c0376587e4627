import type { Command } from 'commander';
import type { Runner } from './runner.ts';
import type { InstantiateArguments, TemplateArguments } from './templates.ts';
import type { Terminal } from './terminal.ts';

const NAME = 'name of a template, with @ and a version or a range where it matters, or its file';

/** Adds the verbs of templates to the command line. */
export function addTemplateCommands(program: Command, terminal: Terminal, run: Runner): void {
  const templates = program.command('templates').description('make workflows of templates');
  const verb = (syntax: string, description: string): Command =>
    templates
      .command(syntax)
      .description(description)
      .option('--project <dir>', 'folder of the project that has the templates', '.');
  verb('list', 'list the templates of a project').action((options: TemplateArguments) =>
    run(async () => (await import('./templates.ts')).listTemplatesCommand(options, terminal)),
  );
  verb('show', 'tell what a template is for, and which parameters it takes')
    .argument('<name>', NAME)
    .action((name: string, options: TemplateArguments) =>
      run(async () => (await import('./templates.ts')).showTemplateCommand(name, options, terminal)),
    );
  verb('instantiate', 'make a workflow of a template, and print it')
    .argument('<name>', NAME)
    .option(
      '--with <name=value>',
      'value of a parameter, or @ and a file of values; again for each',
      listed,
      [],
    )
    .option('-o, --out <file>', 'file to write (default: standard output)')
    .action((name: string, options: InstantiateArguments) =>
      run(async () => (await import('./templates.ts')).instantiateCommand(name, options, terminal)),
    );
}

function listed(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
