import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { DecisionError } from '#decisions/fault.ts';
import { compileFormula, evaluateFormula } from '#decisions/formula.ts';
import { NOT_PLAIN } from '#decisions/native.ts';
import { runSteps } from '#decisions/steps.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';

const leaf = fc.constantFrom(
  ...['1', '0', '-2.5', '"a"', '""', 'true', 'false', 'null', '["a", "b"]', '[1, 2]'],
  ...[
    '$input.n',
    '$input.s',
    '$input.t',
    '$input.o.deep',
    '$input.list',
    '$input.o',
    '$data.x',
    '$none',
    '$value',
  ],
);
const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .tuple(
        tie('node'),
        fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', 'and', 'or', 'in'),
        tie('node'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([test_, yes, no]) => `(${test_} ? ${yes} : ${no})`),
    tie('node').map((inner) => `$not(${inner})`),
    tie('node').map((inner) => `$exists(${inner})`),
    tie('node').map((inner) => `-${inner}`),
  ),
})).node;
const names = fc.record({
  input: fc.record({
    n: fc.constantFrom<Json>(1, 0, -3, 2.5, null),
    s: fc.constantFrom<Json>('a', 'b', '', 7),
    t: fc.constantFrom<Json>(true, false, 'a'),
    o: fc.constantFrom<Json>({ deep: 4 }, { deep: [4] }, [{ deep: 1 }, { deep: 2 }], {}),
    list: fc.constantFrom<Json>([], [1], [1, 2], ['a']),
  }),
  data: fc.constant<Json>({ x: 10 }),
  value: fc.constantFrom<Json>('a', 3, null),
});

async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof DecisionError) return 'fails';
    throw error;
  }
}

test('an expression gives, or fails, as JSONata does, also where it runs without it', async () => {
  let fast = 0;
  await fc.assert(
    fc.asyncProperty(expression, names, async (text, bindings) => {
      const formula = compileFormula(text, 'here');
      if (formula.native !== undefined) {
        try {
          formula.native(bindings);
          fast += 1;
        } catch (error) {
          expect(error).toBe(NOT_PLAIN);
        }
      }
      const ours = await outcome(() => runSteps(evaluateFormula(formula, bindings, () => 1_000)));
      expect(ours, text).toEqual(await outcome(() => evaluate(text, { bindings })));
    }),
    { numRuns: 1_500 },
  );
  expect(fast).toBeGreaterThan(300);
});

test.each(['$input.a[]', '$input.a[0]', '$sum($input.a)', '$input.a.b@$x.c', '$input.(a)', '`a`'])(
  '%s is left to JSONata',
  (text) => {
    expect(compileFormula(text, 'here').native).toBeUndefined();
    expect(parseExpression(text)).toBeDefined();
  },
);
