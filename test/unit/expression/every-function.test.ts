import { describe, expect, test } from 'vitest';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import { DIFFERENCES, EXPRESSIONS, FAILING, INPUT } from '#support/expressions.ts';

const bindings = { input: INPUT };

test.each(EXPRESSIONS)('$text gives what it gives everywhere', async ({ text, gives }) => {
  expect(await evaluate(text, { bindings })).toEqual(gives);
});

test('the table has every function', () => {
  const shown = new Set(EXPRESSIONS.map(({ of }) => of));
  expect([...FUNCTIONS].filter((name) => !shown.has(name))).toEqual([]);
});

/** As Step Functions does, where an expression that gives nothing is an error. */
async function strictValueOf(text: string): Promise<unknown> {
  const value = await evaluate(text, { bindings });
  if (value === undefined) throw new EvaluationError('the expression gives nothing');
  return value;
}

test.each(FAILING)('%s fails everywhere', async (text) => {
  await expect(strictValueOf(text)).rejects.toThrow(EvaluationError);
});

describe('where an emulator does otherwise', () => {
  test.each(DIFFERENCES)('$text does what JSONata and Step Functions document', async ({ text, gives }) => {
    if (gives === undefined) await expect(strictValueOf(text)).rejects.toThrow(EvaluationError);
    else expect(await strictValueOf(text)).toEqual(gives);
  });
});
