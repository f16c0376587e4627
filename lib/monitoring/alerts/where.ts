import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import type { Observation } from './observation.ts';

/** Whether an event counts. The answer is there at once where an equal one was asked for before. */
export type EventTest = (seen: Observation) => boolean | Promise<boolean>;

/** So many answers are remembered for each expression. */
const MOST_ANSWERS = 1_000;

const LIMITS = { timeoutMs: 50, depth: 50, sequence: 1_000 } as const;

/**
 * The test of an expression over the fields of events; without one, every event counts. One that fails does not count. What an
 * expression gives depends on the fields that it reads: of events that are equal in them, one is asked for.
 */
export function eventTest(where: string | undefined): EventTest {
  if (where === undefined) return () => true;
  const { contextFields, variables } = parseExpression(where);
  const fields = [...new Set(contextFields.map(({ name }) => name))];
  const isPure = fields.length > 0 && variables.every(({ called }) => called) && !CHANGING.test(where);
  const answers = new Map<string, boolean>();
  const ask = async (seen: Observation, key: string): Promise<boolean> => {
    const answer = await holds(where, seen);
    if (!isPure) return answer;
    if (answers.size >= MOST_ANSWERS) answers.delete(answers.keys().next().value ?? '');
    answers.set(key, answer);
    return answer;
  };
  return (seen) => {
    // A number is another value than its text, and none is another than null.
    const key = fields.map((field) => JSON.stringify(seen.value(field)) ?? '').join('\n');
    return answers.get(key) ?? ask(seen, key);
  };
}

/** What these give, or read, is not the same each time, or more than single fields. */
const CHANGING = /\$(?:now|millis|random|uuid|shuffle|lookup|keys|each|sift|spread)\b|\$\$|\$[^A-Za-z_]|\*/;

async function holds(where: string, { record }: Observation): Promise<boolean> {
  try {
    return (await evaluate(where, { input: record }, LIMITS)) === true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}
