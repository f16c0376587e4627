import { isJsonObject, type Json } from '#core/json.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { StateResult, StateTry } from './state.ts';

/** Fails with the error and the cause that the state gives; either may be missing. */
export async function runFail({ state, query }: StateTry<StateOf<'Fail'>>): Promise<StateResult> {
  const error = await query.value(state, 'Error');
  const cause = await query.value(state, 'Cause');
  throw new StateFailure(textOf(error?.value), textOf(cause?.value));
}

function textOf(value: Json | undefined): string | undefined {
  return isJsonObject(value) || Array.isArray(value)
    ? JSON.stringify(value)
    : value === undefined
      ? undefined
      : String(value);
}
