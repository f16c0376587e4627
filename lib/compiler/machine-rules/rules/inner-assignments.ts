import { assignedBy, type Block, visibleBlocks } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';

/**
 * A branch or an iteration assigns no variable of the name of one around it. Iterations that run as child executions see
 * nothing of what is around them, and may.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-scope
 */
export const innerAssignments: MachineRule = {
  state({ name: state, block, parts }, { tell }) {
    const around = visibleBlocks(block).slice(1);
    if (around.length === 0) return;
    for (const part of parts) {
      for (const name of assignedBy(part).filter((variable) => isOf(variable, around)))
        tell({
          code: 'SW1712',
          path: [...part.path, 'Assign', name],
          message: `"${state}" assigns "${name}", which is assigned around it, too`,
          hint: 'give the inner variable a name of its own, and bring its value out by Output',
        });
    }
  },
};

function isOf(variable: string, blocks: readonly Block[]): boolean {
  return blocks.some(({ assigned }) => assigned.has(variable));
}
