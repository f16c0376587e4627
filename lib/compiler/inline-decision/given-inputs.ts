import type { Json } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecideStep } from '#definition/model.ts';
import { readExpression } from '#expression/delimiters.ts';
import { type CheckedInput, inputCheck, scalarText } from './input-check.ts';
import { isSure } from './sure-expression.ts';

/** Why a decision stays a call of a handler. It reads on after "but". */
export interface Refusal {
  readonly reason: string;
}

/** Whether something is a {@link Refusal}. */
export function isRefusal(value: object): value is Refusal {
  return 'reason' in value;
}

/** An input that a step gives to a decision. */
export interface GivenInput extends CheckedInput {
  /** Its value: an author's expression, whose names are not bound yet, or a literal. */
  readonly value: { readonly kind: 'expression' | 'literal'; readonly text: string };
}

/** The inputs of a decision by name, each with what a step gives for it. */
export type GivenInputs = ReadonlyMap<string, GivenInput>;

/** The variable of an input in conditions. No id has two underscores, and no variable of ours ends so. */
export function variableOf(input: string): string {
  return `$${input}__given`;
}

/** What a step gives to a decision, or why a Choice state cannot take it. */
export function givenInputs({ input: given }: DecideStep, { inputs }: DecisionFile): GivenInputs | Refusal {
  const found = new Map<string, GivenInput>();
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(inputs, name));
  if (unknown !== undefined) return { reason: `it has no input "${unknown}"` };
  for (const [name, schema] of Object.entries(inputs)) {
    const check = inputCheck(schema, variableOf(name));
    if (typeof check === 'string') return { reason: `it cannot check ${check} of the input "${name}"` };
    const value = givenValue(Object.hasOwn(given, name) ? given[name] : schema['default']);
    if (typeof value === 'string') return { reason: `the input "${name}" ${value}` };
    found.set(name, { ...check, value });
  }
  return found;
}

function givenValue(value: Json | undefined): GivenInput['value'] | string {
  if (value === undefined) return 'is missing';
  if (typeof value === 'object' && value !== null) return 'is an object or a list';
  const expression = typeof value === 'string' ? readExpression(value) : undefined;
  if (expression === undefined) return { kind: 'literal', text: scalarText(value) };
  if (!isSure(expression.text)) return 'is an expression that can fail, and a Choice state catches nothing';
  return { kind: 'expression', text: expression.text };
}
