import type { SyntaxNode } from '#expression/syntax-node.ts';
import { visibleBlocks } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';
import { presenceWithout } from '../presence.ts';

/**
 * An expression that needs a variable stands where some way has assigned it. What a state assigns itself, the next state reads: all of a state's
 * expressions see the variables as they were when it was entered.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#evaluation-order-in-an-assign-field
 */
export const assignedVariables: MachineRule = {
  text({ state, path, reading }, { tell, flow }) {
    if (reading.kind !== 'expression' || !flow.isReached(state)) return;
    const visible = visibleBlocks(state.block);
    for (const name of new Set(reading.names.variables.map((variable) => variable.name))) {
      const exists = visible.some(({ assigned }) => assigned.has(name));
      if (!exists || flow.mayBeAssigned(name, state) || !needs(reading.tree(), name)) continue;
      tell({
        code: 'SW1714',
        path,
        message: `no way to "${state.name}" assigns "$${name}" before it is read`,
        hint: 'a variable can be read from the state after the one that assigns it',
      });
    }
  },
};

/** Whether nothing tells that an expression gives something also without a variable. */
function needs(tree: SyntaxNode, variable: string): boolean {
  return ['nothing', 'unknown'].includes(presenceWithout(variable, tree));
}
