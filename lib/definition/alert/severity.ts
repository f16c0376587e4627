import * as z from 'zod';

/** How bad it is, from what can wait to what cannot. */
export const SeveritySchema = z
  .enum(['info', 'warning', 'critical'])
  .describe('How bad it is: to be known of, to be looked at today, to be looked at now.');
