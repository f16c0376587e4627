import type { MachineRule } from '../machine-rule.ts';

/**
 * A choice has a way to go when no condition holds; else it fails with States.NoChoiceMatched.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
 */
export const completeChoices: MachineRule = {
  state({ type, name, path, fields, parts }, { tell }) {
    if (type !== 'Choice' || fields['Default'] !== undefined) return;
    const conditions = parts.flatMap((part) => (part.kind === 'choice' ? [part.fields['Condition']] : []));
    if (conditions.some((condition) => condition === true || condition === '{% true %}')) return;
    tell({
      code: 'SW1707',
      path,
      message: `"${name}" has no Default, and no condition that always holds`,
      hint: 'say by Default where it goes when none holds',
    });
  },
};
