import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import { evaluateTemplate } from '../template.ts';
import type { EnteredState, StateResult } from './state.ts';

/** Takes the first rule whose condition is true, else the default. */
export async function runChoice({
  name,
  state,
  scope,
}: EnteredState<StateOf<'Choice'>>): Promise<StateResult> {
  for (const [index, choice] of state.Choices.entries()) {
    const value = await evaluateTemplate(choice.Condition, scope.with(), `Choices[${index}]/Condition`);
    if (typeof value !== 'boolean') {
      const reason = `The condition of rule ${index + 1} of '${name}' gives ${JSON.stringify(value)}, and must give true or false`;
      throw new StateFailure('States.QueryEvaluationError', reason);
    }
    if (value) {
      const rule = { Output: choice.Output ?? state.Output, Assign: choice.Assign ?? {} };
      return { result: scope.input, next: choice.Next, rule };
    }
  }
  if (state.Default === undefined) {
    throw new StateFailure('States.NoChoiceMatched', `No rule of '${name}' holds, and it has no Default`);
  }
  return { result: scope.input, next: state.Default };
}
