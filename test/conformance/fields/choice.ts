import type { Json, JsonObject } from '#core/json.ts';
import { type FieldGroup, type FieldRow, guide, type Proof, pass } from './field-row.ts';

const SOURCE = guide('state-choice');
const YES = pass({ Result: 'yes' });
const NO = pass({ Result: 'no' });

/** A Choice in JSONPath over `$.v`, and `$.w` beside it, that must take its rule. */
function chosen(rule: JsonObject, input: JsonObject): Proof {
  const a = { Type: 'Choice', Choices: [{ ...rule, Next: 'yes' }], Default: 'no' };
  return { states: { a, yes: YES, no: NO }, input, gives: { output: 'yes' } };
}

const EARLY = '2026-03-14T01:59:00Z';
const LATE = '2026-03-15T01:59:00Z';

/** Each comparison with a value for which it holds, and what it is compared to. */
const COMPARISONS: readonly (readonly [string, Json, Json])[] = [
  ['StringEquals', 'b', 'b'],
  ['StringLessThan', 'a', 'b'],
  ['StringGreaterThan', 'c', 'b'],
  ['StringLessThanEquals', 'b', 'b'],
  ['StringGreaterThanEquals', 'b', 'b'],
  ['NumericEquals', 2, 2],
  ['NumericLessThan', 1, 2],
  ['NumericGreaterThan', 3, 2],
  ['NumericLessThanEquals', 2, 2],
  ['NumericGreaterThanEquals', 2, 2],
  ['BooleanEquals', true, true],
  ['TimestampEquals', EARLY, EARLY],
  ['TimestampLessThan', EARLY, LATE],
  ['TimestampGreaterThan', LATE, EARLY],
  ['TimestampLessThanEquals', EARLY, EARLY],
  ['TimestampGreaterThanEquals', LATE, LATE],
];

const TESTS: readonly (readonly [string, Json])[] = [
  ['IsNull', null],
  ['IsNumeric', 1.5],
  ['IsString', 's'],
  ['IsBoolean', false],
  ['IsTimestamp', EARLY],
];

function comparisonRows(): FieldRow[] {
  return COMPARISONS.flatMap(([field, value, other]) => [
    { field, source: SOURCE, jsonpath: chosen({ Variable: '$.v', [field]: other }, { v: value }) },
    {
      field: `${field}Path`,
      source: SOURCE,
      jsonpath: chosen({ Variable: '$.v', [`${field}Path`]: '$.w' }, { v: value, w: other }),
    },
  ]);
}

function testRows(): FieldRow[] {
  return TESTS.map(([field, value]) => ({
    field,
    source: SOURCE,
    jsonpath: chosen({ Variable: '$.v', [field]: true }, { v: value }),
  }));
}

const v = { Variable: '$.v', NumericEquals: 1 };
const w = { Variable: '$.w', NumericEquals: 1 };

/** Choice. */
export const CHOICE: FieldGroup = {
  title: 'Choice',
  rows: [
    {
      field: 'Choices, Default',
      source: SOURCE,
      jsonata: {
        states: {
          a: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input > 5 %}', Next: 'big' }],
            Default: 'small',
          },
          big: pass({ Output: 'big' }),
          small: pass({ Output: 'small' }),
        },
        input: 3,
        gives: { output: 'small' },
      },
      jsonpath: {
        ...chosen({ Variable: '$.v', NumericGreaterThan: 5 }, { v: 3 }),
        gives: { output: 'no' },
      },
    },
    {
      field: 'Condition',
      source: SOURCE,
      jsonata: {
        states: {
          a: { Type: 'Choice', Choices: [{ Condition: '{% $states.input > 5 %}', Next: 'b' }] },
          b: pass({ Output: 'big' }),
        },
        input: 7,
        gives: { output: 'big' },
      },
    },
    {
      field: 'Condition that gives no boolean',
      source: SOURCE,
      jsonata: {
        states: { a: { Type: 'Choice', Choices: [{ Condition: '{% 7 %}', Next: 'b' }] }, b: pass() },
        gives: { error: 'States.QueryEvaluationError' },
      },
    },
    {
      field: 'Assign and Output of a rule',
      source: SOURCE,
      jsonata: {
        states: {
          a: { Type: 'Choice', Choices: [{ Condition: true, Assign: { n: 1 }, Output: 'o', Next: 'b' }] },
          b: pass({ Output: '{% [$n, $states.input] %}' }),
        },
        gives: { output: [1, 'o'] },
      },
    },
    { field: 'And', source: SOURCE, jsonpath: chosen({ And: [v, w] }, { v: 1, w: 1 }) },
    { field: 'Or', source: SOURCE, jsonpath: chosen({ Or: [v, w] }, { v: 0, w: 1 }) },
    { field: 'Not', source: SOURCE, jsonpath: chosen({ Not: v }, { v: 2 }) },
    {
      field: 'StringMatches',
      source: SOURCE,
      jsonpath: chosen({ Variable: '$.v', StringMatches: 'log-*.t\\*t' }, { v: 'log-7.t*t' }),
    },
    { field: 'IsPresent', source: SOURCE, jsonpath: chosen({ Variable: '$.v', IsPresent: false }, { w: 1 }) },
    ...testRows(),
    ...comparisonRows(),
  ],
};
