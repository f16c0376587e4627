import { FUNCTIONS } from '#expression/functions.ts';
import { visibleBlocks } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';

/**
 * An expression reads variables that some state of its block, or of a block around, assigns.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-scope
 */
export const visibleVariables: MachineRule = {
  text({ state, path, reading }, { tell }) {
    if (reading.kind !== 'expression') return;
    const visible = visibleBlocks(state.block);
    for (const { name, called } of reading.names.variables) {
      if (name === 'states' || FUNCTIONS.has(name) || visible.some(({ assigned }) => assigned.has(name)))
        continue;
      tell({
        code: 'SW1713',
        path,
        message: called
          ? `there is no function "$${name}"`
          : `nothing that "${state.name}" sees assigns "$${name}"`,
        hint: 'variables of a branch or an iteration are gone after it; its Output brings out what is needed',
      });
    }
  },
};
