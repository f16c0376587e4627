import * as z from 'zod';
import { executionArn } from '../arn.ts';
import { ArnField, CauseField, ErrorField, optional } from '../fields.ts';
import { operation, timestamp } from '../operation.ts';
import { demandExecution } from './describe.ts';

/** `StopExecution`: ABORTED from now on; one that has ended stays as it is. */
export const stopExecution = operation(
  z.object({ executionArn: ArnField, error: optional(ErrorField), cause: optional(CauseField) }),
  async ({ executionArn: arn, error = '', cause = '' }, parts) => {
    const { ref } = await demandExecution(parts, arn);
    await parts.engine.stop(ref, { error, cause });
    const { endedAt } = await demandExecution(parts, executionArn(ref));
    return { stopDate: timestamp(endedAt ?? parts.clock.now()) };
  },
);
