import { expect, test } from 'vitest';
import { Source } from '#definition/source.ts';
import { checkDocuments } from '#validation/documents/documents.ts';

/** What a table leaves open, of which decision-coverage.test.ts tells. */
const COVERAGE = ['SW1826', 'SW1828', 'SW1829'];

/** What is wrong with a decision over `size` and `kind` that gives `percent`: places and codes. */
function faultsOf(form: string, more = ''): string[] {
  const text = `stepwright: 1
decision: tested
version: 1.0.0
inputs: { size: { type: integer }, kind: { enum: [pump, valve] } }
outputs: { percent: { type: number } }
${form}
${more}`;
  const found = checkDocuments([{ kind: 'decision', source: Source.parse('tested.yaml', text) }]);
  return found.filter(({ code }) => !COVERAGE.includes(code)).map(({ code, path }) => `${code} ${path}`);
}

const rule = (when: string, give = '{ percent: 1 }') =>
  `table: { rules: [{ when: ${when}, give: ${give} }] }`;

test.each([
  ['a number to compare with', rule('{ size: "> 20" }')],
  ['bounds that are no values of the input', rule('{ size: "(1.5..2.5]" }')],
  ['a value', rule('{ size: 20 }')],
  ['values in a list', rule('{ kind: [pump, valve] }')],
  ['values in quotes', rule(`{ kind: '"pump","valve"' }`)],
  ['a date', rule('{ size: \'< date("2027-01-31")\' }')],
  ['null', rule('{ kind: "!= null" }')],
  [
    'an expression over $value and all inputs',
    rule('{ size: "{% $value > 2 and $input.kind = \'pump\' %}" }'),
  ],
  ['an output that is an expression', rule('{}', '{ percent: "{% $input.size / 2 %}" }')],
  ['a sum', rule('{}').replace('rules', 'hit: collect, aggregate: sum, rules')],
  ['a tree without else', 'tree: [{ if: "{% $input.size > 1 %}", give: { percent: 1 } }]'],
  ['an expression that gives an object', `expression: "{% { 'percent': $input.size } %}"`],
  ['an expression an output', 'expression: { percent: "{% $round($input.size) %}" }'],
])('a decision with %s is well', (_, form) => {
  expect(faultsOf(form)).toEqual([]);
});

test.each([
  ['reference data', 'data: { prices: { values: [1] } }', '$data.prices[0]', []],
  [
    'reference data that is not there',
    'data: { prices: { values: [1] } }',
    '$data.price',
    ['SW1209 expression.percent'],
  ],
  ['another decision', 'decisions: { risk: { decision: risk } }', '$risk.level', []],
  ['another decision that it does not go by', '', '$risk.level', ['SW1205 expression.percent']],
  ['the value of a cell outside of one', '', '$value', ['SW1205 expression.percent']],
  ['a function as a value', '', '$map([1], $string)[0]', []],
])('of an expression that reads %s is told what is wrong', (_, more, text, faults) => {
  expect(faultsOf(`expression: { percent: "{% ${text} %}" }`, more)).toEqual(faults);
});

test.each([
  ['a value of the right type', '{ given: { size: 1 }, expect: { percent: 1 } }', []],
  ['several results', '{ given: {}, expect: [{ percent: 1 }, { percent: 2 }] }', []],
  ['an unknown input', '{ given: { sise: 1 }, expect: {} }', ['SW1813 tests[0].given.sise']],
  ['a result of another type', '{ given: {}, expect: { percent: a } }', ['SW1814 tests[0].expect.percent']],
  ['one value', '{ given: {}, expect: 1 }', ['SW1814 tests[0].expect']],
])('a test that has %s gets what it deserves', (_, written, faults) => {
  expect(faultsOf(rule('{}'), `tests: [${written}]`)).toEqual(faults);
});

test('the result of what is summed is one value', () => {
  const table = 'table: { hit: collect, aggregate: sum, rules: [{ when: {}, give: { percent: 1 } }] }';
  expect(faultsOf(table, 'tests: [{ given: {}, expect: 3 }]')).toEqual([]);
});

test('an aggregate takes hit: collect', () => {
  expect(faultsOf(rule('{}').replace('rules', 'aggregate: sum, rules'))).toEqual(['SW1103 table.aggregate']);
});

test.each([
  ['no form', ''],
  ['two forms', 'expression: { percent: 1 }\ntree: [{ else: true, give: { percent: 1 } }]'],
])('a decision with %s is refused', (_, form) => {
  expect(faultsOf(form)).toEqual(['SW1103 ']);
});

test('a table with more faults than help anybody is told of some', () => {
  const rules = Array.from({ length: 2_000 }, () => '{ when: { size: big }, give: { percent: 1 } }').join(
    ', ',
  );
  expect(faultsOf(`table: { rules: [${rules}] }`)).toHaveLength(500);
});
