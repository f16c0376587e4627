import type { JsonObject } from '#core/json.ts';
import { Source } from '#definition/source.ts';
import { readTemplate, type SourcedTemplate } from '#definition/template/template.ts';

/** A template of parameters and the lines of its workflow after the version. */
export function templateOf(properties: JsonObject, workflow: string): SourcedTemplate {
  const lines = ['name: made', 'version: 1.0.0', ...workflow.split('\n')];
  const text = [
    ...['stepwright: 1', 'template: tried', 'version: 1.0.0'],
    `parameters: ${JSON.stringify({ properties })}`,
    ...['workflow:', ...lines.map((line) => `  ${line}`)],
  ].join('\n');
  const source = Source.parse('tried.yaml', text);
  const { template, diagnostics } = readTemplate(source);
  if (template === undefined) throw new Error(JSON.stringify(diagnostics));
  return { source, template };
}
