import { assignedBy } from '../machine.ts';
import type { MachineRule } from '../machine-rule.ts';

const MAX_LENGTH = 80;
const RESERVED = 'states';

/**
 * The name of a variable is an identifier of at most 80 characters, without `$`, and not `states`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#variable-name-syntax
 */
export const variableNames: MachineRule = {
  state({ parts }, { tell }) {
    for (const part of parts) {
      for (const name of assignedBy(part)) {
        const reason = faultOf(name);
        if (reason === undefined) continue;
        tell({
          code: 'SW1711',
          path: [...part.path, 'Assign', name],
          message: `"${name}" is no name of a variable: ${reason}`,
        });
      }
    }
  },
};

function faultOf(name: string): string | undefined {
  if (name === RESERVED) return 'it is reserved';
  if (!/^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(name))
    return 'it is made of letters, digits and _, and begins with no digit';
  return name.length > MAX_LENGTH ? `it has more than ${MAX_LENGTH} characters` : undefined;
}
