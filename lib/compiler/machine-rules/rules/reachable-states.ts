import type { MachineRule } from '../machine-rule.ts';
import { reachedIn } from '../transitions.ts';

/**
 * Every state is reached from the first of its block: Step Functions refuses a state that nothing leads to.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
export const reachableStates: MachineRule = {
  block(block, { tell }) {
    const reached = reachedIn(block);
    if (reached.size === 0) return;
    for (const state of block.states.values()) {
      if (!reached.has(state))
        tell({
          code: 'SW1705',
          path: state.path,
          message: `nothing leads to "${state.name}"`,
          hint: 'take it away, or lead to it',
        });
    }
  },
};
