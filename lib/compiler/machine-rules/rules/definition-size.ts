import type { MachineRule } from '../machine-rule.ts';

const MAX_BYTES = 1_048_576;

/**
 * The text of a machine has 1 MiB at most.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const definitionSize: MachineRule = {
  machine({ body }, { tell }) {
    const bytes = new TextEncoder().encode(JSON.stringify(body)).length;
    if (bytes <= MAX_BYTES) return;
    tell({
      code: 'SW1701',
      path: [],
      message: `the machine has ${bytes} bytes; Step Functions takes ${MAX_BYTES}`,
      hint: 'give a part of the steps to a child workflow',
    });
  },
};
