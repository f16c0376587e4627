import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecideStep } from '#definition/model.ts';
import { readExpression } from '#expression/delimiters.ts';
import { isRetried } from '../failure.ts';
import type { Refusal } from './given-inputs.ts';

/** What a rule of a table decides for a step. */
export interface InlineAnswer {
  /** What the step gives. */
  readonly value: Json;
  /** What the rule gives. */
  readonly given: JsonObject;
  /** Why, as the handler keeps it for a step that it decides. */
  readonly because: JsonObject;
}

/** Where an answer stands. */
interface Given {
  /** Undefined where no rule holds and the table has no `otherwise`. */
  readonly given: JsonObject | undefined;
  /** Of the rule, from 0; undefined of `otherwise`. */
  readonly index?: number;
  readonly note?: string | undefined;
}

/** Longest note that is kept, in characters. */
const LONGEST_NOTE = 200;

/** What a step gives where a rule holds, or none; or why that is not known before it runs. */
export function answerOf(
  step: DecideStep,
  file: DecisionFile,
  { given, index, note }: Given,
): InlineAnswer | Refusal {
  if (given !== undefined && hasExpression(given)) return { reason: 'gives what an expression makes' };
  const value = outputOf(step, given ?? null);
  if (value === undefined) return { reason: 'gives what the `output` of the step makes something else of' };
  const rules = index === undefined ? [] : [ruleOf(index, note)];
  const otherwise = index === undefined && given !== undefined ? { otherwise: true } : {};
  return {
    value,
    given: given ?? {},
    because: { decision: file.decision, version: file.version, rules, ...otherwise },
  };
}

function ruleOf(index: number, note: string | undefined): JsonObject {
  return { rule: index + 1, ...(note === undefined ? {} : { note: note.slice(0, LONGEST_NOTE) }) };
}

/** The step's `output` where it is a field of what is decided; undefined where it is anything else. */
function outputOf(step: DecideStep, given: JsonObject | null): Json | undefined {
  const { output } = step;
  if (output === undefined) return given;
  const text = typeof output === 'string' ? readExpression(output)?.text : undefined;
  const [, field] = /^\s*\$result\.([A-Za-z_]\w*)\s*$/.exec(text ?? '') ?? [];
  if (field === undefined || given === null || isRetried(step)) return undefined;
  return Object.hasOwn(given, field) ? given[field] : undefined;
}

/** Whether an expression stands anywhere in a value. */
function hasExpression(value: Json): boolean {
  if (typeof value === 'string') return readExpression(value) !== undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpression);
}
