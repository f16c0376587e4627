import type { Diagnostic } from '#core/diagnostic.ts';
import { hasErrors } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import { NO_PROJECT, type Project } from '#definition/project.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import { fillTemplate } from '#definition/template/fill.ts';
import { instanceText } from '#definition/template/instance-text.ts';
import { sampleValues } from '#definition/template/parameters.ts';
import { readTemplate, type SourcedTemplate } from '#definition/template/template.ts';
import { getTemplate, publishTemplate, type TemplateVersion } from '#executions/template-store.ts';
import type { VersionStorePorts } from '#executions/version-store.ts';
import { instantiate } from '#validation/instantiate.ts';
import { checkParameters } from '#validation/parameters.ts';
import { validateTemplate } from '#validation/template.ts';
import { InvalidDefinition } from './problem.ts';
import { publishedProject } from './publish.ts';

/** Validates and publishes the text of a template. Throws {@link InvalidDefinition}, SW4021, SW4022. */
export async function publishTemplateText(
  ports: VersionStorePorts,
  text: string,
): Promise<{ readonly version: TemplateVersion; readonly isNew: boolean }> {
  const source = Source.parse('body', text);
  const read = readTemplate(source).template;
  const samples = read === undefined ? {} : sampleValues(read);
  const project =
    read === undefined ? NO_PROJECT : await projectOf(ports, { source, template: read }, samples);
  const { template, diagnostics } = validateTemplate(source, project);
  if (template === undefined || hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics, 'template');
  return publishTemplate(ports, { source, template });
}

/** Which version of a template, and what its parameters are. */
export interface InstantiationRequest {
  /** A version, a range, or `latest`, which it is by default. */
  readonly version?: string | undefined;
  readonly parameters: JsonObject;
}

/** A workflow that was made of a published template. */
export interface MadeWorkflow extends SourcedTemplate {
  /** The workflow as a file has it. */
  readonly document: JsonObject;
  /** The same in YAML, with the comments of the template. */
  readonly text: string;
  /** Warnings, at their places in the template. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes a workflow of a published template. Throws SW4049, SW4009, and {@link InvalidDefinition} for a workflow with errors. */
export async function instantiatePublished(
  ports: VersionStorePorts,
  name: string,
  { version, parameters }: InstantiationRequest,
): Promise<MadeWorkflow> {
  const { source, template } = await getTemplate(ports.table, name, version);
  const values = checkParameters(template, parameters);
  const project = await projectOf(ports, { source, template }, values);
  const { document, diagnostics } = instantiate({ source, template }, values, project);
  if (hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics);
  return { source, template, document, text: instanceText({ source, template }, document), diagnostics };
}

/** What the workflow of a template can call of what is published. */
function projectOf(
  { table }: VersionStorePorts,
  { source, template }: SourcedTemplate,
  values: JsonObject,
): Promise<Project> {
  const { workflow } = fillTemplate(template, values);
  return publishedProject({ table }, readWorkflow(source.part(['workflow'], workflow)).draft);
}
