import * as z from 'zod';

/** Who does something that is kept on record, and why. */
export const OperatorBody = z.object({
  by: z.string().min(1).max(256).default('api').describe('Who does this; it is kept with the history.'),
  reason: z.string().max(4_096).optional().describe('Why; it is kept with the history.'),
});
