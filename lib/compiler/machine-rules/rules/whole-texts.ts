import type { MachineRule } from '../machine-rule.ts';

/**
 * A text that has a delimiter of an expression is one from its first character to its last, and parses.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#writing-jsonata-expressions-in-json-strings
 */
export const wholeTexts: MachineRule = {
  text({ path, value, reading }, { tell }) {
    if (reading.kind !== 'malformed') return;
    tell({ code: 'SW1717', path, message: `${JSON.stringify(value)} is no expression: ${reading.reason}` });
  },
};
