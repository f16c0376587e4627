import type { StateOf } from '../definition.ts';
import type { StateResult, StateTry } from './state.ts';

/** Gives its Result, what its Parameters make, or its input. */
export async function runPass({ state, query }: StateTry<StateOf<'Pass'>>): Promise<StateResult> {
  return { result: state.Result ?? (await query.payload(state)) };
}
