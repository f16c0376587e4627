import type { MachineRule } from '../machine-rule.ts';

const MAX_LENGTH = 80;

/**
 * The name of a state has 1 to 80 characters, none of which is a control character.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
 */
export const stateNames: MachineRule = {
  state({ name, path }, { tell }) {
    if (/^\P{Cc}+$/u.test(name) && name.length <= MAX_LENGTH) return;
    tell({
      code: 'SW1703',
      path,
      message: `${JSON.stringify(name)} is no name of a state: it has ${name.length} characters`,
      hint: `1 to ${MAX_LENGTH} characters, without control characters`,
    });
  },
};
