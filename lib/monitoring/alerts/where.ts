import type { JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';

/** Whether a record counts. Its answer is there at once where an equal record was asked for before. */
export type RecordTest = (record: JsonObject) => boolean | Promise<boolean>;

/** So many answers are remembered for each expression. */
const MOST_ANSWERS = 1_000;

const LIMITS = { timeoutMs: 50, depth: 50, sequence: 1_000 } as const;

/**
 * The test of an expression over the fields of a record; without one, every record counts. One that fails does not count. What an
 * expression gives depends on the fields that it reads: records that are equal in them are asked for once.
 */
export function recordTest(where: string | undefined): RecordTest {
  if (where === undefined) return () => true;
  const { contextFields, variables } = parseExpression(where);
  const fields = [...new Set(contextFields.map(({ name }) => name))];
  const isPure = fields.length > 0 && variables.every(({ called }) => called) && !CHANGING.test(where);
  const answers = new Map<string, boolean>();
  const ask = async (record: JsonObject, key: string): Promise<boolean> => {
    const answer = await holds(where, record);
    if (!isPure) return answer;
    if (answers.size >= MOST_ANSWERS) answers.delete(answers.keys().next().value ?? '');
    answers.set(key, answer);
    return answer;
  };
  return (record) => {
    const key = JSON.stringify(fields.map((field) => record[field] ?? null));
    return answers.get(key) ?? ask(record, key);
  };
}

/** What these give, or read, is not the same each time, or more than single fields. */
const CHANGING = /\$(?:now|millis|random|uuid|shuffle|lookup|keys|each|sift|spread)\b|\$\$|\$[^A-Za-z_]|\*/;

async function holds(where: string, record: JsonObject): Promise<boolean> {
  try {
    return (await evaluate(where, { input: record }, LIMITS)) === true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}
