import type { FailStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { defined, type Emission } from '../states.ts';

/** A fail is a Fail state. */
export function emitFail(step: FailStep, at: Emitting): Emission {
  const state = defined({
    Type: 'Fail',
    Comment: step.title,
    Error: boundTemplate(step.error, at),
    Cause: step.cause === undefined ? undefined : boundTemplate(step.cause, at),
  });
  return { start: step.id, states: [[step.id, state]] };
}
