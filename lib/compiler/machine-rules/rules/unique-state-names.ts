import { blocksOf } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';

/**
 * The name of a state is unique in the whole machine, branches and iterations included.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
 */
export const uniqueStateNames: MachineRule = {
  machine(machine, { tell }) {
    const known = new Set<string>();
    for (const { name, path } of blocksOf(machine).flatMap(({ states }) => [...states.values()])) {
      if (known.has(name))
        tell({
          code: 'SW1702',
          path,
          message: `there is a state "${name}" in another block already`,
          hint: 'rename one of the two',
        });
      known.add(name);
    }
  },
};
