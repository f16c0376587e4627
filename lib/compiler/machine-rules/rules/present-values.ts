import type { MachineRule } from '../machine-rule.ts';
import { presenceWithout } from '../presence.ts';

/**
 * An expression gives something also where not every way has assigned what it reads: nothing is no JSON, and fails the state
 * with States.QueryEvaluationError.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#handling-expression-errors
 */
export const presentValues: MachineRule = {
  text({ state, path, reading }, { tell, flow }) {
    if (reading.kind !== 'expression') return;
    for (const name of new Set(reading.names.variables.map((variable) => variable.name))) {
      if (!flow.mayBeAssigned(name, state) || flow.isAssigned(name, state)) continue;
      if (presenceWithout(name, reading.tree()) !== 'nothing') continue;
      tell({
        code: 'SW1715',
        path,
        message: `the expression gives nothing where a way to "${state.name}" has not assigned "$${name}"`,
        hint: `write what it is then: $exists($${name}) ? … : null`,
      });
    }
  },
};
