import type { JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';
import { badWhere } from '../stores/archive-faults.ts';

/** Whether a JSONata expression gives true over a record, within the usual bounds. Throws SW4505. */
export function whereTest(text: string): (record: JsonObject) => Promise<boolean> {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) throw badWhere(text, `is no expression: ${error.message}`);
    throw error;
  }
  return async (record) => {
    try {
      return (await evaluate(text, { input: record })) === true;
    } catch (error) {
      if (error instanceof EvaluationError) throw badWhere(text, `cannot be evaluated: ${error.message}`);
      throw error;
    }
  };
}
