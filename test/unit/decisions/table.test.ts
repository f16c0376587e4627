import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { compileDecision, decide } from '#decisions/decision.ts';
import { DecisionError } from '#decisions/fault.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { type DecisionTable, HIT_POLICIES } from '#definition/decision/table.ts';
import { decideNaively } from '#support/naive-table.ts';

const NUMBERS = [-3, 0, 1, 2.5, 7, 20];
const TEXTS = ['pump', 'valve', 'sensor', '', '2026-11-25'];
const DATES = ['2024-02-29', '2025-12-31', '2026-11-25'];
const SCALARS: readonly Json[] = [...NUMBERS, ...TEXTS, ...DATES, true, false, null];

const literal = fc.oneof(
  fc.constantFrom(...NUMBERS).map(String),
  fc.constantFrom(...TEXTS).map((text) => JSON.stringify(text)),
  fc.constantFrom(...DATES).map((text) => `date("${text}")`),
);
const comparison = fc
  .tuple(fc.constantFrom('', '<', '<=', '>', '>=', '=', '!='), literal)
  .map((parts) => parts.join(' ').trim());
const interval = fc
  .tuple(fc.constantFrom('[', '('), fc.constantFrom(...NUMBERS), fc.nat(9), fc.constantFrom(']', ')'))
  .filter(([open, , length, close]) => length > 0 || (open === '[' && close === ']'))
  .map(([open, from, length, close]) => `${open}${from}..${from + length}${close}`);
const tests = fc
  .array(fc.oneof(comparison, interval, fc.constantFrom('true', 'null')), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(', '));
const cell: fc.Arbitrary<DecisionTable['rules'][number]['when'][string]> = fc.oneof(
  tests,
  tests.map((text) => `not(${text})`),
  comparison,
  comparison,
  interval,
  fc.constant('-'),
  fc.constantFrom(...NUMBERS, true, false, null),
  fc.array(fc.constantFrom(...NUMBERS, ...TEXTS, true, null), {
    minLength: 1,
    maxLength: 3,
  }),
);
const rule = fc.record({
  when: fc.dictionary(fc.constantFrom('a', 'b', 'c'), cell, { maxKeys: 3 }),
  give: fc.record({ level: fc.constantFrom(3, 1, 2) }),
});
const policy = fc.oneof(
  fc.constantFrom(...HIT_POLICIES).map((hit) => ({ hit })),
  fc.constantFrom('sum', 'min', 'max', 'count').map((aggregate) => ({ hit: 'collect', aggregate }) as const),
);
const table: fc.Arbitrary<DecisionTable> = fc
  .tuple(policy, fc.array(rule, { minLength: 1, maxLength: 60, size: 'max' }), fc.boolean())
  .map(([hit, rules, hasOtherwise]) => ({
    ...hit,
    rules,
    ...(hasOtherwise ? { otherwise: { level: 1 } } : {}),
  }));
const scalar = fc.constantFrom(...SCALARS);
const input = fc.record({ a: scalar, b: scalar, c: scalar });

function fileOf(form: Partial<DecisionFile>): DecisionFile {
  return {
    stepwright: 1,
    decision: 'generated',
    version: '1.0.0',
    inputs: { a: {}, b: {}, c: {} },
    outputs: { level: { type: 'number', enum: [2, 3, 1] } },
    ...form,
  };
}

async function outputOf(file: DecisionFile, given: JsonObject, tellAll = false): Promise<Json> {
  try {
    return (await decide(compileDecision(file), given, { tellAll })).output;
  } catch (error) {
    if (error instanceof DecisionError && error.name === 'Decision.Conflict') return 'conflict';
    throw error;
  }
}

describe('a table', () => {
  test('decides as the rules say one by one, by whatever index they are found', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.array(input, { minLength: 1, maxLength: 12 }), async (generated, inputs) => {
        const file = fileOf({ table: generated });
        for (const given of inputs)
          expect(await outputOf(file, given)).toEqual(decideNaively(generated, given, file.outputs));
      }),
      { numRuns: 300 },
    );
  });

  test('finds a rule for a text also where most other rules compare it as a date', async () => {
    const dates = Array.from({ length: 12 }, (_, at) => `date("2026-01-${String(at + 10)}")`);
    const rules = [...dates.map((cell) => ({ when: { b: cell }, give: { level: 3 } }))];
    const file = fileOf({
      table: { hit: 'rule-order', rules: [...rules, { when: { b: ['2026-01-10'] }, give: { level: 1 } }] },
    });
    expect(await outputOf(file, { a: 0, b: '2026-01-10', c: 0 })).toEqual([{ level: 3 }, { level: 1 }]);
  });

  test('decides the same when all is told, and tells why each other rule does not hold', async () => {
    await fc.assert(
      fc.asyncProperty(table, input, async (generated, given) => {
        const file = fileOf({
          table: { ...generated, hit: 'rule-order', aggregate: undefined } as DecisionTable,
        });
        const { output, trace } = await decide(compileDecision(file), given, { tellAll: true });
        expect(output).toEqual(await outputOf(file, given));
        const told = [...(trace.rules ?? []), ...(trace.others ?? [])].map((each) => each.rule);
        expect(told.sort((one, other) => one - other)).toEqual(generated.rules.map((_, at) => at + 1));
        for (const { rule: number, input: name, cell: asked } of trace.others ?? []) {
          const alone = { rules: [{ when: { [name ?? '']: asked as string }, give: { level: 1 } }] };
          expect(decideNaively(alone, given, file.outputs), `rule ${number}`).toBeNull();
        }
      }),
      { numRuns: 100 },
    );
  });

  test('of 10,000 rules is decided as one by one', async () => {
    const rules = Array.from({ length: 10_000 }, (_, at) => ({
      when: {
        a: `[${at % 500}..${(at % 500) + 3})`,
        b: `"${TEXTS[at % 3]}"`,
        c: at % 2 === 0 ? '> 5' : '<= 5',
      },
      give: { level: (at % 3) + 1 },
    }));
    const large: DecisionTable = { hit: 'rule-order', rules };
    const file = fileOf({ table: large });
    const compiled = compileDecision(file);
    for (let at = 0; at < 12; at += 1) {
      const given = { a: at * 41, b: TEXTS[at % 4] ?? '', c: at % 11 };
      expect((await decide(compiled, given)).output).toEqual(decideNaively(large, given, file.outputs));
    }
  });
});
