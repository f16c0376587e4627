import type { JsonObject } from '#core/json.ts';
import type { MachineRule } from '../machine-rule.ts';

const MAX_BYTES = 1_048_576;
/** An ARN that a token stands for is no longer: 80 characters of a machine's name, and what is before them. */
const LONGEST_ARN = 140;

/**
 * The text of a machine has 1 MiB at most, once ARNs are filled in.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const definitionSize: MachineRule = {
  machine({ body }, { tell }) {
    const bytes = new TextEncoder().encode(deployedText(body)).length;
    if (bytes <= MAX_BYTES) return;
    tell({
      code: 'SW1701',
      path: [],
      message: `the machine has up to ${bytes} bytes; Step Functions takes ${MAX_BYTES}`,
      hint: 'give a part of the steps to a child workflow',
    });
  },
};

function deployedText(body: JsonObject): string {
  return JSON.stringify(body).replaceAll(/\$\{\w+\}/g, '#'.repeat(LONGEST_ARN));
}
