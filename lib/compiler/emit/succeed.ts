import type { SucceedStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { defined, type Emission } from '../states.ts';

/** A succeed is a Succeed state. It ends the scope it stands in: the workflow, or a branch or iteration of it. */
export function emitSucceed(step: SucceedStep, at: Emitting): Emission {
  const { output, outputWith } = at.scopeEnd;
  const state = defined({
    Type: 'Succeed',
    Comment: step.title,
    Output: step.output === undefined ? output : outputWith(boundTemplate(step.output, at)),
  });
  return { start: step.id, states: [[step.id, state]] };
}
