import type { JsonObject } from '#core/json.ts';
import { evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import { badWhere } from '../stores/archive-faults.ts';

/** Whether a JSONata expression gives true over a record, within the usual bounds. Throws SW4505. */
export function whereTest(text: string): (record: JsonObject) => Promise<boolean> {
  try {
    parseExpression(text);
  } catch (error) {
    throw badWhere(text, 'is no expression', error);
  }
  return async (record) => {
    try {
      return (await evaluate(text, { input: record })) === true;
    } catch (error) {
      throw badWhere(text, 'cannot be evaluated', error);
    }
  };
}
