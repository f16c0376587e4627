import { instanceText } from '#definition/template/instance-text.ts';
import type { SourcedTemplate } from '#definition/template/template.ts';
import { instantiate } from '#validation/instantiate.ts';
import { checkParameters } from '#validation/parameters.ts';
import { findTemplate, loadTemplates } from './find-template.ts';
import type { ExitCode } from './print-fault.ts';
import { parameterLines, templateLines } from './print-templates.ts';
import { readParameters } from './read-parameters.ts';
import { noteDiagnostics, refuseErrors } from './refuse-errors.ts';
import { printJson, type Terminal } from './terminal.ts';
import { writeWhole } from './write-whole.ts';

/** Where templates are looked for. */
export interface TemplateArguments {
  /** Folder of the project. */
  readonly project: string;
}

/** `stepwright templates list`: the templates of a project. */
export async function listTemplatesCommand(
  { project }: TemplateArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const { templates } = loadTemplates(project);
  if (terminal.json) printJson(terminal, { templates: templates.map(summaryOf) });
  else if (templates.length === 0) terminal.print(`no templates in ${project}`);
  else
    terminal.print(
      templateLines(
        templates.map(({ template }) => template),
        terminal,
      ).join('\n'),
    );
  return 0;
}

/** `stepwright templates show`: what a template is for, and what it takes. */
export async function showTemplateCommand(
  name: string,
  { project }: TemplateArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const found = findTemplate(name, project);
  const { parameters, workflow } = found.template;
  if (terminal.json) printJson(terminal, { ...summaryOf(found), parameters, workflow });
  else terminal.print(parameterLines(found, terminal).join('\n'));
  return 0;
}

function summaryOf({ source, template: { name, version, description } }: SourcedTemplate) {
  return { name, version, ...(description === undefined ? {} : { description }), file: source.file };
}

/** What `stepwright templates instantiate` was called with. */
export interface InstantiateArguments extends TemplateArguments {
  /** Values of parameters: `name=value`, or `@` and the name of a file. */
  readonly with: readonly string[];
  /** File to write; default stdout. */
  readonly out?: string;
}

/** `stepwright templates instantiate`: makes a workflow of a template, and prints it as YAML. */
export async function instantiateCommand(
  name: string,
  { project: folder, with: given, out }: InstantiateArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const { source, template, project } = findTemplate(name, folder);
  const values = checkParameters(template, await readParameters(given, template));
  const { document, diagnostics } = instantiate({ source, template }, values, project);
  refuseErrors(diagnostics, [source], terminal);
  if (diagnostics.length > 0) noteDiagnostics(diagnostics, [source], terminal);
  const text = instanceText({ source, template }, document);
  if (out !== undefined) writeWhole(out, text);
  if (terminal.json)
    printJson(terminal, {
      workflow: document,
      ...(out === undefined ? { text } : { file: out }),
      diagnostics,
    });
  else if (out === undefined) terminal.print(text.trimEnd());
  return 0;
}
