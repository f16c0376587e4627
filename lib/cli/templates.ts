import type { JsonObject } from '#core/json.ts';
import { instanceText } from '#definition/template/instance-text.ts';
import type { Template } from '#definition/template/template.ts';
import { instantiate } from '#validation/instantiate.ts';
import { checkParameters } from '#validation/parameters.ts';
import { findTemplate, loadTemplates } from './find-template.ts';
import { noteDiagnostics, refuseErrors } from './load.ts';
import type { ExitCode } from './print-fault.ts';
import { type Column, tableLines } from './print-table.ts';
import { readParameters } from './read-parameters.ts';
import { printJson, type Terminal } from './terminal.ts';
import { wrap } from './text-layout.ts';
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
  const templates = loadTemplates(project).templates.map(({ source, template }) => ({
    ...summaryOf(template),
    file: source.file,
  }));
  if (terminal.json) printJson(terminal, { templates });
  else if (templates.length === 0) terminal.print(`no templates in ${project}`);
  else terminal.print(tableLines(templates, LIST, styleOf(terminal)).join('\n'));
  return 0;
}

/** `stepwright templates show`: what a template is for, and what it takes. */
export async function showTemplateCommand(
  name: string,
  { project }: TemplateArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const { source, template } = findTemplate(name, project);
  if (terminal.json) {
    const { parameters, workflow } = template;
    printJson(terminal, { ...summaryOf(template), file: source.file, parameters, workflow });
    return 0;
  }
  const { paint, columns } = terminal;
  const parameters = Object.entries(template.properties).map(([parameter, schema]) =>
    parameterRow(parameter, schema, template),
  );
  const table = parameters.length === 0 ? ['no parameters'] : tableLines(parameters, SHOW, styleOf(terminal));
  const description = template.description === undefined ? [] : wrap(template.description, columns);
  const heading = `${paint.bold(`${template.name} ${template.version}`)} ${paint.dim(source.file)}`;
  terminal.print([heading, ...description, '', ...table].join('\n'));
  return 0;
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

interface Summary {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

function summaryOf({ name, version, description }: Template): Summary {
  return { name, version, ...(description === undefined ? {} : { description }) };
}

const LIST: readonly Column<Summary>[] = [
  { title: 'TEMPLATE', text: ({ name }) => name },
  { title: 'VERSION', text: ({ version }) => version },
  { title: 'FOR', text: ({ description = '' }) => description },
];

interface ParameterRow {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly description: string;
}

function parameterRow(name: string, schema: JsonObject, { required }: Template): ParameterRow {
  const { default: byDefault, description = '', type = 'any' } = schema;
  const optional = byDefault === undefined ? '' : JSON.stringify(byDefault);
  return {
    name,
    type: [type].flat().join(' or '),
    value: required.includes(name) && byDefault === undefined ? 'required' : optional,
    description: String(description),
  };
}

const SHOW: readonly Column<ParameterRow>[] = [
  { title: 'PARAMETER', text: ({ name }) => name },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'DEFAULT', text: ({ value }) => value },
  { title: '', text: ({ description }) => description },
];

function styleOf({ paint, columns }: Terminal) {
  return { columns, paintTitle: paint.bold };
}
