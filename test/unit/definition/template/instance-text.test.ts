import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { convertSource } from '#definition/convert/convert.ts';
import { Source } from '#definition/source.ts';
import { fillTemplate } from '#definition/template/fill.ts';
import { instanceText } from '#definition/template/instance-text.ts';
import { placeholderFor } from '#definition/template/placeholder.ts';
import { readTemplate } from '#definition/template/template.ts';
import { templateOf } from '#support/template-text.ts';

const SITE = placeholderFor('site');

function textOf(workflow: string, values: JsonObject): string {
  const { source, template } = templateOf({ site: {} }, workflow);
  const { workflow: made, faults } = fillTemplate(template, values);
  expect(faults).toEqual([]);
  const text = instanceText({ source, template }, made);
  expect(Source.parse('made.yaml', text).value).toEqual(made);
  return text;
}

const HEAD = '# Made of the template tried 1.0.0.\n\nstepwright: 1\nname: made\nversion: 1.0.0\n';

describe('the text of a workflow made of a template', () => {
  test.each<[string, string, Json, string]>([
    ['has its comments', `output: 1 # one\n# two\nsteps: []`, 'x', 'output: 1 # one\n# two\nsteps: []\n'],
    ['keeps the comment of a placeholder', `output: ${SITE} # one`, 7, 'output: 7 # one\n'],
    ['keeps what stands on a line there', `output: { a: [1, "${SITE}"] }`, 'x', 'output: { a: [ 1, x ] }\n'],
    ['has lists and maps as values', `output: ${SITE}`, { a: [1] }, 'output:\n  a:\n    - 1\n'],
    ['has keys that are filled in', `output: { "${SITE}": 1 }`, 'x', 'output: { x: 1 }\n'],
    ['has lists that are longer', `output: "${SITE}"`, [[1], [1]], 'output:\n  - - 1\n  - - 1\n'],
    [
      'has aliases written out',
      `output: &a { b: 1 }\nsteps: [*a]`,
      'x',
      'output: { b: 1 }\nsteps: [ { b: 1 } ]\n',
    ],
    ['has texts of several lines', `output: |\n    at ${SITE}\n    now`, 'x', 'output: |\n  at x\n  now'],
  ])('%s', (_, workflow, site, text) => {
    expect(textOf(workflow, { site })).toContain(HEAD + text);
  });

  test('leaves out keys without a value', () => {
    expect(textOf(`output: ${SITE}\nsteps: []`, {})).toBe(`${HEAD}steps: []\n`);
  });

  test('is YAML also where the template is JSON', () => {
    const { source } = templateOf({ site: {} }, `output: ${SITE} # one`);
    const json = Source.parse('tried.json', convertSource(source, 'json')?.text ?? '');
    const { template } = readTemplate(json);
    if (template === undefined) throw new Error('no template');
    const { workflow } = fillTemplate(template, { site: 'x' });
    expect(instanceText({ source: json, template }, workflow)).toBe(`${HEAD}output: x # one\n`);
  });
});
