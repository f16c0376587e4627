import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { EngineRun } from '#support/engine-run.ts';

/** Whether a Choice state in JSONPath takes its one rule. */
async function takes(rule: JsonObject, input: Json): Promise<Json | undefined> {
  using run = new EngineRun();
  const end = { Type: 'Pass', QueryLanguage: 'JSONPath', End: true };
  const { output, error, cause } = await run.runMachine(
    {
      StartAt: 'choose',
      States: {
        choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'yes' }], Default: 'no' },
        yes: { ...end, Result: true },
        no: { ...end, Result: false },
      },
    },
    input,
  );
  return output ?? `${error}: ${cause}`;
}

const test1 = (comparison: JsonObject): JsonObject => ({ Variable: '$.v', ...comparison });

describe('a comparison holds', () => {
  test.each<[JsonObject, Json, boolean]>([
    [test1({ StringEquals: 'a' }), { v: 'a' }, true],
    [test1({ StringEquals: '1' }), { v: 1 }, false],
    [test1({ StringLessThan: 'b' }), { v: 'a' }, true],
    [test1({ StringGreaterThanEqualsPath: '$.w' }), { v: 'b', w: 'b' }, true],
    [test1({ StringEqualsPath: '$.w' }), { v: 'b', w: 1 }, false],
    [test1({ NumericEquals: 1 }), { v: 1.0 }, true],
    [test1({ NumericGreaterThan: 1 }), { v: '2' }, false],
    [test1({ NumericLessThanEquals: 1 }), { v: 1 }, true],
    [test1({ NumericLessThanPath: '$$.Execution.Input.w' }), { v: 1, w: 2 }, true],
    [test1({ BooleanEquals: false }), { v: false }, true],
    [test1({ BooleanEquals: false }), { v: null }, false],
    [test1({ BooleanEqualsPath: '$.w' }), { v: true, w: true }, true],
    [test1({ TimestampEquals: '2020-01-01T01:00:00+01:00' }), { v: '2020-01-01T00:00:00Z' }, true],
    [test1({ TimestampLessThan: '2020-01-01T00:00:00.000000002Z' }), { v: '2020-01-01T00:00:00Z' }, true],
    [test1({ TimestampGreaterThan: '2020-01-01T00:00:00Z' }), { v: '2021-01-01' }, false],
    [test1({ IsTimestamp: true }), { v: '2020-02-30T00:00:00Z' }, false],
    [test1({ IsTimestamp: true }), { v: '2020-02-29T00:00:00.5-08:00' }, true],
    [test1({ IsNull: true }), { v: null }, true],
    [test1({ IsNull: false }), { v: 0 }, true],
    [test1({ IsNumeric: true }), { v: 0 }, true],
    [test1({ IsString: true }), { v: '' }, true],
    [test1({ IsBoolean: false }), { v: 'true' }, true],
    [test1({ IsPresent: true }), {}, false],
    [test1({ IsPresent: false }), {}, true],
    [test1({ IsPresent: true }), { v: null }, true],
    [{ Variable: '$.v[*]', IsPresent: true }, { v: [] }, false],
    [{ Variable: '$.v[*]', IsPresent: true }, { v: [1] }, true],
    [{ Not: test1({ IsPresent: true }) }, {}, true],
    [{ And: [test1({ IsPresent: true }), test1({ NumericEquals: 1 })] }, {}, false],
    [{ Or: [test1({ IsPresent: false }), test1({ NumericEquals: 1 })] }, { v: 1 }, true],
  ])('%j of %j: %j', async (rule, input, expected) => {
    expect(await takes(rule, input)).toBe(expected);
  });
});

describe('a pattern', () => {
  test.each([
    ['log-*.txt', 'log-.txt', true],
    ['log-*.txt', 'log-1.txt.gz', false],
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['\\\\*', '\\x', true],
    ['a', 'a', true],
    ['a', 'ab', false],
  ])('%s matches %s: %j', async (pattern, text, expected) => {
    expect(await takes(test1({ StringMatches: pattern }), { v: text })).toBe(expected);
  });

  test('with one asterisk matches what begins and ends as it does', async () => {
    const plain = fc.string({ maxLength: 3 }).map((text) => text.replace(/[*\\]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(plain, plain, plain, async (start, middle, end) => {
        expect(
          await takes(test1({ StringMatches: `${start}*${end}` }), { v: `${start}${middle}${end}` }),
        ).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

test.each([
  [test1({ NumericEquals: 1 }), '$.v'],
  [test1({ NumericEqualsPath: '$.w' }), '$.w'],
])('a path that leads nowhere fails the state: %j', async (rule, path) => {
  expect(await takes(rule, path === '$.w' ? { v: 1 } : {})).toBe(
    `States.Runtime: An error occurred while executing the state 'choose' (entered at the event id #2). Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );
});
