import type { Json } from '#core/json.ts';
import type { Fallible, Step, StepBase, Work } from '#definition/model.ts';
import { readExpression } from '#expression/delimiters.ts';
import { parseExpression } from '#expression/parse.ts';
import { boundTemplate, boundText, type Emitting } from './emitting.ts';
import { isRetried } from './failure.ts';
import type { Place } from './place.ts';
import type { Emission, Values } from './states.ts';
import { TOLD_TARGET } from './task-payload.ts';

/** A step that gives a result. */
export type WorkStep = StepBase & Fallible & Work & { readonly kind: Step['kind'] };

/**
 * The variables that a step's result goes to when the step's own state is left; `result` is its text. An `output` that
 * fails must not make a state that is tried again do its work again: it then has a state of its own.
 */
export function resultOf(step: WorkStep, result: string, at: Emitting): Values {
  const { output } = step;
  if (output === undefined) return { [step.id]: result };
  const text = hasOutputState(step) ? undefined : expressionOf(output);
  if (text === undefined) return { [resultVariable(step)]: result };
  return { [step.id]: boundText(text, { ...at, place: resultPlace(step, result, at) }) };
}

/** Puts the state that makes a step's `output` behind its own states, where it needs one. */
export function emitOutput(step: WorkStep, at: Emitting, emit: (at: Emitting) => Emission): Emission {
  if (step.output === undefined || !hasOutputState(step)) return emit(at);
  const name = `${step.id} output`;
  const inner = emit({ ...at, exit: { kind: 'next', state: name } });
  const place = resultPlace(step, `$${resultVariable(step)}`, at);
  const state = {
    Type: 'Pass',
    Assign: { [step.id]: boundTemplate(step.output, { ...at, place }) },
    Next: nextOf(step, at),
  };
  return { start: inner.start, states: [...inner.states, [name, state]] };
}

/** Whether a command's `output` reads `$target`, so that its handler has to say which device it was. */
export function tellsTarget(step: WorkStep): boolean {
  return step.kind === 'command' && step.output !== undefined && readsTarget(step.output);
}

function readsTarget(value: Json): boolean {
  if (typeof value === 'string') {
    const text = readExpression(value)?.text;
    return text !== undefined && parseExpression(text).variables.some(({ name }) => name === 'target');
  }
  return typeof value === 'object' && value !== null && Object.values(value).some(readsTarget);
}

/** Where an `output` is evaluated. A result that an operator or an equal step has left says nothing of a device. */
function resultPlace(step: WorkStep, result: string, { place }: Emitting): Place {
  if (!tellsTarget(step)) return { ...place, result };
  const target = `${result}.${TOLD_TARGET}`;
  return { ...place, result: `($exists(${target}) ? ${result}.result : ${result})`, target };
}

/** Whether a step's `output` is made in a state of its own. */
export function hasOutputState(step: Pick<WorkStep, 'output' | 'retry'>): boolean {
  return step.output !== undefined && (isRetried(step) || expressionOf(step.output) === undefined);
}

function expressionOf(output: WorkStep['output']): string | undefined {
  return typeof output === 'string' ? readExpression(output)?.text : undefined;
}

function resultVariable({ id }: StepBase): string {
  return `${id}__result`;
}

function nextOf({ id }: StepBase, { exit }: Emitting): string {
  if (exit.kind !== 'next') throw new Error(`"${id}" has an output of its own, and no state to go on to`);
  return exit.state;
}
