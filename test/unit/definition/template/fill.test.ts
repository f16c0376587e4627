import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { fillTemplate } from '#definition/template/fill.ts';
import { placeholderFor } from '#definition/template/placeholder.ts';
import { readExpression } from '#expression/delimiters.ts';
import { evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import { templateOf } from '#support/template-text.ts';

const SITE = placeholderFor('site');
const SHARE = placeholderFor('share');
const ZONES = placeholderFor('zones');
const ANY = { site: {}, share: {}, zones: {} };

/** What becomes of one value of a template. */
function fill(value: Json, values: JsonObject) {
  const { template } = templateOf(ANY, `output: ${JSON.stringify(value)}`);
  const { workflow, faults } = fillTemplate(template, values);
  return { value: workflow['output'], codes: faults.map(({ finding }) => finding.code) };
}

const GIVEN = { site: 'berlin', share: 10, zones: ['a', 'b'] };

describe('a placeholder', () => {
  test.each<[string, Json, Json | undefined]>([
    ['that is the whole value becomes the value', SHARE, 10],
    ['may have no spaces', SHARE.replaceAll(' ', ''), 10],
    ['may stand on a line of its own', `${ZONES}\n`, ['a', 'b']],
    ['inside a text becomes text', `${SHARE} % of ${SITE}`, '10 % of berlin'],
    ['in an expression becomes a literal', `{% $input[site = ${SITE}] %}`, '{% $input[site = "berlin"] %}'],
    ['in an expression may be a list', `{% ${ZONES}[${SHARE}] %}`, '{% ["a","b"][10] %}'],
    ['in a key becomes text', { [`at ${SITE}`]: 1 }, { 'at berlin': 1 }],
    ['in a list is an entry', [SHARE, ZONES], [10, ['a', 'b']]],
    ['that is not there changes nothing', [1, null, true, 'a', {}], [1, null, true, 'a', {}]],
    ['is no name of Step Functions', `\${CommandFunctionArn}`, `\${CommandFunctionArn}`],
  ])('%s', (_, value, filled) => {
    expect(fill(value, GIVEN)).toEqual({ value: filled, codes: [] });
  });

  test('without a value leaves its key out, and is null in an expression', () => {
    expect(fill({ a: SITE, b: 1 }, {})).toEqual({ value: { b: 1 }, codes: [] });
    expect(fill(SITE, {})).toEqual({ value: undefined, codes: [] });
    expect(fill(`{% ${SITE} %}`, {})).toEqual({ value: '{% null %}', codes: [] });
  });

  test.each<[string, Json, JsonObject, string[]]>([
    ['names no parameter', `\${{ sit }}`, {}, ['SW1802']],
    ['names no parameter, in a key', { [`\${{ sit }}`]: 1 }, {}, ['SW1802']],
    ['is cut off', `\${{ site`, {}, ['SW1801']],
    ['reckons', `\${{ share * 2 }}`, {}, ['SW1801']],
    ['is a list in a text', `at ${ZONES}`, GIVEN, ['SW1803']],
    ['is null in a text', `at ${SITE}`, { site: null }, ['SW1803']],
    ['has no value in a text', `at ${SITE}`, {}, ['SW1803']],
    ['has no value in a list', [SITE], {}, ['SW1803']],
    ['makes a key twice', { a: 1, [SITE]: 2 }, { site: 'a' }, ['SW1006']],
    ['is code as a whole', SITE, { site: '{% 1 %}' }, ['SW1804']],
    ['is code further inside', SITE, { site: [{ a: ' {% 1 %} ' }] }, ['SW1804']],
    ['makes a text code', `{${SITE}`, { site: '% 1 %}' }, ['SW1804']],
    ['stands in an expression that is none', `{% ${SITE} + %}`, GIVEN, ['SW1301']],
  ])('that %s is told of', (_, value, values, codes) => {
    expect(fill(value, values).codes).toEqual(codes);
  });

  test.each([
    [`'${SITE}'`, 'quotes'],
    [`"at ${SITE}"`, 'double quotes'],
    [`$input.\`${SITE}\``, 'backticks'],
    [`1 /* ${SITE} */`, 'a comment'],
    [`/${SITE}/`, 'a regular expression'],
    [`(${SITE} := 1; 2)`, 'the name of a variable'],
    [`function(${SITE}) { 1 }`, 'the name of a parameter'],
    [`$input@${SITE}`, 'the name of a focus'],
    [`${SITE}(1)`, 'a function'],
    [`$${SITE}`, 'a longer name'],
    [`${SITE}more`, 'a longer name, at its beginning'],
  ])('in %s of an expression is refused: it is in the place of %s', (text) => {
    expect(['SW1803', 'SW1301']).toContain(fill(`{% ${text} %}`, GIVEN).codes[0]);
  });

  test('is not mistaken for a variable that looks like what stands in for it', () => {
    expect(fill(`{% '${SITE}' & $pppppppppp0 %}`, GIVEN).codes).toEqual(['SW1803']);
  });
});

test('`where` of a devices step is an expression without delimiters', () => {
  const steps = (where: string) => `steps: [{ id: a, devices: { where: ${JSON.stringify(where)} } }]`;
  const filled = (where: string, site: string) => {
    const { workflow, faults } = fillTemplate(templateOf(ANY, steps(where)).template, { site });
    return [workflow['steps'], faults.map(({ finding }) => finding.code)];
  };
  const nasty = '" or $true';
  expect(filled(`site = ${SITE}`, nasty)).toEqual([
    [{ id: 'a', devices: { where: `site = ${JSON.stringify(nasty)}` } }],
    [],
  ]);
  expect(filled(`site = '${SITE}'`, nasty)[1]).toEqual(['SW1803']);
});

const nasty = fc.oneof(
  fc.json().map((text): Json => JSON.parse(text)),
  fc
    .array(fc.constantFrom('"', "'", '`', '\\', '$', '{%', '%}', SITE, '(', ')', '/*', '*/', ';', 'a', '\n'))
    .map((parts) => parts.join('')),
);

describe('no value becomes code', () => {
  test('in an expression: it gives the value itself', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (value) => {
        const { value: filled } = fill(`{% [[${SITE}], 7] %}`, { site: value });
        const { text = '' } = readExpression(String(filled)) ?? {};
        expect(parseExpression(text).variables).toEqual([]);
        expect(await evaluate(text, {})).toEqual([[value], 7]);
      }),
    );
  });

  test('in any other place: what comes out is no expression, or is refused', () => {
    fc.assert(
      fc.property(nasty, fc.constantFrom(SITE, `{${SITE}}`, `{%${SITE}`), (value, text) => {
        const { value: filled, codes } = fill([text], { site: value });
        expect(codes.length > 0 || !holdsCode(filled)).toBe(true);
      }),
    );
  });
});

function holdsCode(value: Json | undefined): boolean {
  if (typeof value === 'string') return readExpression(value) !== undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsCode);
}
