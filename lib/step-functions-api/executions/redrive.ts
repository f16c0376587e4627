import * as z from 'zod';
import type { ExecutionDescription } from '#engine/engine.ts';
import { ApiFault } from '../faults.ts';
import { ArnField, optional } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import type { RedrivePort } from '../parts.ts';
import { demandExecution } from './describe.ts';

/** `RedriveExecution`: goes on from where an execution failed. */
export const redriveExecution = operation(
  z.object({
    executionArn: ArnField,
    clientToken: optional(
      z
        .string()
        .min(1)
        .max(64)
        .regex(/^[!-~]+$/),
    ),
  }),
  async ({ executionArn }, { redrive, ...parts }) => {
    const found = await demandExecution({ redrive, ...parts }, executionArn);
    const reason = redrive.refusal(found);
    if (reason !== undefined) throw new ApiFault('ExecutionNotRedrivable', reason);
    return { redriveDate: timestamp(await redrive.redrive(found.ref)) };
  },
);

/** Where nothing can redrive: each execution says why it is not. */
export const NO_REDRIVE: RedrivePort = {
  state: () => ({ count: 0 }),
  refusal: ({ status }: ExecutionDescription) =>
    status === 'RUNNING' || status === 'SUCCEEDED'
      ? `Execution is ${status} and cannot be redriven`
      : 'This server does not redrive executions',
  redrive: async () => {
    throw new ApiFault('ExecutionNotRedrivable', 'This server does not redrive executions');
  },
};
