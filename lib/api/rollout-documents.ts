import * as z from 'zod';
import { RolloutRecordSchema, type Rollouts } from '#executions/rollout/rollouts.ts';
import { instant } from './documents.ts';

/** What rollouts of an execution have come to, as a document. */
export const RolloutsDocumentSchema = z
  .object({
    rollouts: z.array(RolloutRecordSchema).describe('Those that choose their waves or claim their devices.'),
    waiting: z
      .array(
        z.object({
          path: z.string().describe('What waits, such as rollout.waves[1].rollout.soak.'),
          rollout: z.string().describe('Path of the forEach.'),
          for: z
            .enum(['soak', 'health', 'gate', 'begin', 'join'])
            .describe(
              'For its soak time, for its health, for an operator who has paused it, for the window and the turn of an iteration, or for devices that join.',
            ),
          since: z.string(),
          until: z.string().describe('When it goes on, or is looked at again.'),
        }),
      )
      .describe('What of them waits.'),
  })
  .meta({ id: 'Rollouts' });

/** What rollouts have come to, as a document. */
export function toRolloutsDocument({ rollouts, waiting }: Rollouts): z.input<typeof RolloutsDocumentSchema> {
  return {
    rollouts: [...rollouts],
    waiting: waiting.map(({ request: { path, rollout, action }, since, dueAt }) => ({
      ...{ path, rollout, for: action, since: instant(since), until: instant(dueAt) },
    })),
  };
}
