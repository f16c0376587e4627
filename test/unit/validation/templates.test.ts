import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { sampleValues, withDefaults } from '#definition/template/parameters.ts';
import { placeholderFor } from '#definition/template/placeholder.ts';
import { templateOf } from '#support/template-text.ts';
import { instantiate } from '#validation/instantiate.ts';
import { checkParameters, InvalidParameters } from '#validation/parameters.ts';
import { validateTemplate } from '#validation/template.ts';

const SITE = placeholderFor('site');

test('a template that is no YAML is told of, and is none', () => {
  const { template, tried, diagnostics } = validateTemplate(Source.parse('t.yaml', 'a: ['), NO_PROJECT);
  expect([template, tried]).toEqual([undefined, undefined]);
  expect(diagnostics).toMatchObject([{ code: 'SW1001' }]);
});

test.each<[string, JsonObject, JsonObject]>([
  ['its default', { default: 1, examples: [2] }, { p: 1 }],
  ['a default that is null', { default: null, examples: [2] }, { p: null }],
  ['its first example', { examples: [2, 3], enum: [4] }, { p: 2 }],
  ['the only value that it can have', { const: 3 }, { p: 3 }],
  ['the first value that it can have', { enum: [4, 5] }, { p: 4 }],
  ['nothing', { type: 'string', examples: [] }, {}],
])('a parameter is tried with %s', (_, p, values) => {
  expect(sampleValues(templateOf({ p }, 'steps: []').template)).toEqual(values);
});

describe('the values of parameters', () => {
  const properties = { site: { type: 'string' }, share: { type: 'integer', default: 10, maximum: 50 } };
  const { template } = templateOf(properties, 'steps: []');

  test('have the defaults of those that are not given', () => {
    expect(checkParameters(template, { site: 'berlin' })).toEqual({ site: 'berlin', share: 10 });
    expect(withDefaults(template, { share: 20 })).toEqual({ share: 20 });
  });

  test.each<[JsonObject, { path: string; message: string }[], string]>([
    [{ share: 60 }, [{ path: 'share', message: 'must be <= 50' }], 'its parameters are site, share'],
    [{ shard: 1 }, [{ path: 'shard', message: 'is no parameter of it' }], 'did you mean "share"?'],
  ])('%j do not fit', (given, errors, hint) => {
    expect(() => checkParameters(template, given)).toThrow(
      expect.objectContaining({ code: 'SW4009', errors, hint }),
    );
  });

  test('are none where there are no parameters', () => {
    const none = templateOf({}, 'steps: []').template;
    expect(() => checkParameters(none, { site: 1 })).toThrow(InvalidParameters);
    expect(() => checkParameters(none, { site: 1 })).toThrow(
      expect.objectContaining({ hint: 'it has no parameters' }),
    );
  });

  test('are missed all together', () => {
    const { template: strict } = templateOf({ site: {} }, 'steps: []');
    const needed = { ...strict, parameters: { ...strict.parameters, required: ['site'] } };
    expect(() => checkParameters(needed, {})).toThrow("must have required property 'site'");
  });
});

describe('a workflow that is made of a template', () => {
  const STEPS = `steps:\n  - id: a\n    set: { b: "{% $input.x & ${SITE} & $c %}", d: "${SITE}" }`;

  test('is told of at its places in the template', () => {
    const { diagnostics, document } = instantiate(templateOf({ site: {} }, STEPS), { site: 'x' }, NO_PROJECT);
    expect(document).toMatchObject({ stepwright: 1, name: 'made' });
    expect(diagnostics).toMatchObject([
      { code: 'SW1205', file: 'tried.yaml', path: 'workflow.steps[0].set.b', line: 10, column: 17 },
    ]);
  });

  test('is told of where exactly it is, in what the template says itself', () => {
    const steps = 'steps:\n  - { id: a, set: { b: "{% $c %}" } }';
    const { diagnostics } = instantiate(templateOf({}, steps), {}, NO_PROJECT);
    expect(diagnostics).toMatchObject([{ code: 'SW1205', line: 9, column: 30 }]);
  });

  test('is none where a value cannot stand', () => {
    const { workflow, diagnostics } = instantiate(
      templateOf({ site: {} }, STEPS),
      { site: '{% $x %}' },
      NO_PROJECT,
    );
    expect(workflow).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'SW1804', path: 'workflow.steps[0].set.d', line: 10 }]);
  });
});
