import * as z from 'zod';

const PROOF = {
  step: z.string(),
  isProven: z.boolean().describe('Whether a drill has seen it put back what the step had done.'),
};

/** More steps than a workflow has that can be stored. */
const MOST_STEPS = 5_000;

/** What a drill tells of the undo of a version. */
export const UndoDrillBody = z.object({
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the text that was drilled, in hex.'),
  steps: z
    .array(z.object({ ...PROOF, reason: z.string().exactOptional() }))
    .max(MOST_STEPS)
    .describe('What was found; a step that is missing is not proven.'),
});

/** What is known of the undo of a version, as a document. */
export const UndoDrillDocument = z
  .object({
    workflow: z.string(),
    version: z.string(),
    drilledAt: z.string().optional().describe('When it was drilled last; absent where it never was.'),
    undos: z.int().describe('How many of its steps can be undone.'),
    unproven: z.int().describe('Of how many the undo is not proven.'),
    steps: z.array(z.object({ ...PROOF, reason: z.string().optional().describe('Why it is not proven.') })),
  })
  .meta({ id: 'UndoDrill' });
