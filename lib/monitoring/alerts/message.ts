import { readExpression } from '#expression/delimiters.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { isoOf } from '../events/event.ts';
import type { AlertRecord } from './records/alert-record.ts';

/** Longest message, in characters. */
const MOST_CHARACTERS = 2_000;
const LIMITS = { timeoutMs: 100, depth: 100, sequence: 10_000 } as const;

/** What has happened, by the text or the expression of the rule; the text says so where the expression fails. */
export async function messageOf(alert: AlertRecord, text: string | undefined): Promise<string | undefined> {
  const expression = text === undefined ? undefined : readExpression(text);
  if (expression === undefined) return text?.slice(0, MOST_CHARACTERS);
  try {
    const value = await evaluate(expression.text, { bindings: { alert: seen(alert) } }, LIMITS);
    const words = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    return words.slice(0, MOST_CHARACTERS);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return `the message of the alert could not be made: ${error.message}`.slice(0, MOST_CHARACTERS);
  }
}

/** What expressions see as `$alert`. */
function seen(record: AlertRecord) {
  const { id, alert, title, severity, team, by, zone, since, value, devices, deviceCount, executions } =
    record;
  return {
    ...{ id, alert, title, severity, team, by, zone, since: isoOf(since), value },
    ...{ devices, deviceCount, executions, error: record.error },
  };
}
