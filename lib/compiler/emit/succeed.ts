import type { SucceedStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { defined, type Emission } from '../states.ts';

/**
 * A succeed ends the scope it stands in: the workflow, or a branch or iteration of it. It is a Pass state that ends, which
 * is what a Succeed state is; the emulator leaves a Succeed's `Output` out.
 */
export function emitSucceed(step: SucceedStep, at: Emitting): Emission {
  const { output, outputWith } = at.scopeEnd;
  const state = defined({
    Type: 'Pass',
    Comment: step.title,
    Output: step.output === undefined ? output : outputWith(boundTemplate(step.output, at)),
    End: true,
  });
  return { start: step.id, states: [[step.id, state]] };
}
