import type { Diagnostic } from '#core/diagnostic.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { isJsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { Project } from '#definition/project.ts';
import type { Source } from '#definition/source.ts';
import { sampleValues } from '#definition/template/parameters.ts';
import { placeholdersIn } from '#definition/template/placeholder.ts';
import { readTemplate, type Template } from '#definition/template/template.ts';
import { byPlace } from './by-place.ts';
import { checkVersion } from './check-version.ts';
import { type Instance, instantiate } from './instantiate.ts';
import { errorsAgainst } from './json-schema.ts';
import { Report } from './report.ts';
import { reportSchemaFaults } from './schema-faults.ts';
import type { SourcedWorkflow } from './sourced-workflow.ts';

/** A template that has been looked at, and all that was found, by place. */
export interface ValidatedTemplate {
  /** Undefined when the file has not its shape. */
  readonly template: Template | undefined;
  /** The workflow that it was tried as; undefined where it could not be. */
  readonly tried: SourcedWorkflow | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a template and checks its parameters. With their defaults and examples it is made into a workflow, which is validated
 * with what is known of its project.
 */
export function validateTemplate(source: Source, project: Project): ValidatedTemplate {
  const { template, diagnostics } = readTemplate(source);
  if (template === undefined) return { template, tried: undefined, diagnostics };
  const report = new Report(source);
  checkVersion(template.version, report);
  checkSchema(template, report);
  const samples = sampleValues(template);
  const untried = template.required.filter((name) => !Object.hasOwn(samples, name));
  for (const name of untried) reportUntried(name, template, report);
  const instance = untried.length > 0 ? undefined : instantiate({ source, template }, samples, project);
  const all = [...diagnostics, ...report.diagnostics, ...(instance?.diagnostics ?? [])];
  return { template, tried: triedAs(instance), diagnostics: byPlace(all) };
}

function triedAs(instance: Instance | undefined): SourcedWorkflow | undefined {
  if (instance?.workflow === undefined) return undefined;
  return { source: instance.source, workflow: instance.workflow };
}

function checkSchema(template: Template, report: Report): void {
  reportSchemaFaults(template.parameters, ['parameters'], report);
  const used = new Set(placeholdersOf(template.workflow));
  for (const [name, schema] of Object.entries(template.properties)) {
    const path = ['parameters', 'properties', name];
    if (!used.has(name))
      report.atKey(path, { code: 'SW1805', message: `the parameter "${name}" is used nowhere` });
    const { $defs = {} } = template.parameters;
    for (const sample of samplesOf(schema, path)) checkSample(sample, { ...schema, $defs }, report);
  }
}

interface Sample {
  readonly path: DocumentPath;
  readonly value: Json;
}

/** The default and the examples of a parameter. */
function samplesOf({ default: byDefault, examples }: JsonObject, path: DocumentPath): Sample[] {
  const listed = Array.isArray(examples) ? examples : [];
  return [
    ...(byDefault === undefined ? [] : [{ path: [...path, 'default'], value: byDefault }]),
    ...listed.map((value: Json, at) => ({ path: [...path, 'examples', at], value })),
  ];
}

function checkSample({ path, value }: Sample, schema: JsonObject, report: Report): void {
  const [error] = errorsAgainst(schema, value);
  if (error === undefined) return;
  report.at([...path, ...error.path], {
    code: 'SW1807',
    message: `this does not fit the parameter: it ${error.message}`,
  });
}

function reportUntried(name: string, { properties, required }: Template, report: Report): void {
  if (Object.hasOwn(properties, name)) {
    report.atKey(['parameters', 'properties', name], {
      code: 'SW1806',
      message: `"${name}" has neither a default nor an example, so that the template cannot be tried`,
      hint: 'add examples: [ … ] to its schema',
    });
    return;
  }
  report.at(['parameters', 'required', required.indexOf(name)], {
    code: 'SW1802',
    message: `the template has no parameter "${name}"`,
    hint: 'describe it under "properties"',
  });
}

/** The parameters that some value has placeholders for. */
function* placeholdersOf(value: Json): Generator<string> {
  if (typeof value === 'string') yield* placeholdersIn(value).map(({ parameter }) => parameter);
  else if (Array.isArray(value)) for (const entry of value) yield* placeholdersOf(entry);
  else if (isJsonObject(value)) {
    for (const [key, entry] of Object.entries(value)) {
      yield* placeholdersOf(key);
      yield* placeholdersOf(entry);
    }
  }
}
