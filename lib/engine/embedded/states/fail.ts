import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import { evaluateTemplate } from '../template.ts';
import type { EnteredState, StateResult } from './state.ts';

/** Fails with the error and the cause that the state gives. */
export async function runFail({ state, scope }: EnteredState<StateOf<'Fail'>>): Promise<StateResult> {
  const error = await evaluateTemplate(state.Error ?? '', scope.with(), 'Error');
  const cause = await evaluateTemplate(state.Cause ?? '', scope.with(), 'Cause');
  throw new StateFailure(String(error), String(cause));
}
