import * as z from 'zod';
import type { Execution } from '#executions/execution.ts';
import { PARTS } from '#executions/profile/parts.ts';
import type { ExecutionProfile } from '#executions/profile/profile.ts';
import { STEP_STATUSES } from '#executions/step-state.ts';
import { ExecutionSummarySchema, toExecutionSummary } from './documents.ts';

const ms = z.number().describe('Milliseconds.');

/** What an execution's time went to, as a document. */
export const ProfileDocumentSchema = ExecutionSummarySchema.extend({
  totalMs: ms,
  steps: z.array(
    z.object({
      id: z.string(),
      path: z.string(),
      kind: z.string(),
      depth: z.number().int().describe('How many steps are around it.'),
      status: z.enum(STEP_STATUSES),
      device: z.string().optional(),
      attempts: z.number().int(),
      startMs: ms,
      durationMs: ms,
      parts: z
        .array(z.object({ name: z.enum(PARTS), startMs: ms, durationMs: ms }))
        .describe('What its time went to, in order; empty for a step that holds others.'),
      slackMs: z
        .number()
        .describe('How much longer it might have taken without the whole taking longer, in ms.'),
      isCritical: z.boolean(),
      lane: z.number().int().describe('Which of the branches that ran at the same time it was in.'),
    }),
  ),
  criticalPath: z.array(z.string()).describe('Paths of the steps that the whole waited for, in order.'),
  critical: z.record(z.enum([...PARTS, 'between']), ms).describe("What the critical path's time went to."),
  all: z.record(z.enum(PARTS), ms).describe('What the time of all steps went to.'),
  retries: z.number().int(),
  measured: z.record(z.string(), ms).describe('What `stepwright plan --profile` takes.'),
}).meta({ id: 'Profile' });

/** What an execution's time went to, as a document. */
export type ProfileDocument = z.output<typeof ProfileDocumentSchema>;

/** A profile as a document. */
export function toProfileDocument(
  execution: Execution,
  profile: ExecutionProfile,
): z.input<typeof ProfileDocumentSchema> {
  const steps = profile.steps.map((step) => ({ ...step, parts: [...step.parts] }));
  const { criticalPath, critical, all, measured, ...rest } = profile;
  return {
    ...toExecutionSummary(execution),
    ...rest,
    steps,
    criticalPath: [...criticalPath],
    critical: { ...critical },
    all: { ...all },
    measured: { ...measured },
  };
}
