import { readExpression } from '#expression/delimiters.ts';
import { parseExpression } from '#expression/parse.ts';
import type { Step } from '../model.ts';
import { ownParts } from './own-parts.ts';
import type { PlacedStep } from './placed-steps.ts';

/** The steps that wait for one of some steps or read what it gives, in document order. */
export function readersOf(ids: readonly string[], steps: ReadonlyMap<string, PlacedStep>): readonly string[] {
  return [...steps.values()].flatMap(({ step }) =>
    ids.some((id) => waitsFor(step, id) || readsFrom(step, id)) ? [step.id] : [],
  );
}

function waitsFor({ needs = [] }: Step, id: string): boolean {
  return needs.some((need) => need.step === id);
}

function readsFrom(step: Step, id: string): boolean {
  return [...textsIn(ownParts(step))].some((text) => text.includes(`$${id}`) && namesIn(text).has(id));
}

/** Every text of a value, at any depth. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* textsIn(part);
}

/** The names that an expression reads. The model has some without their delimiters; plain text reads none that matter. */
function namesIn(text: string): ReadonlySet<string> {
  try {
    const { variables } = parseExpression(readExpression(text)?.text ?? text);
    return new Set(variables.map(({ name }) => name));
  } catch {
    return new Set();
  }
}
