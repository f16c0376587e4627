import * as z from 'zod';

/** Something that may be overdue: a command without answer, a wait for an event, and so on, by its id. */
export const DeadlineSchema = z.object({
  kind: z.enum([
    'command',
    'event',
    'approval',
    'lock',
    'child',
    'unwind',
    'rollout',
    'delivery',
    'route',
    'route-woken',
  ]),
  id: z.string(),
});

/** Something that may be overdue. */
export type Deadline = z.infer<typeof DeadlineSchema>;

/**
 * Wakes us when something may be overdue. On AWS an SQS message with a delay, embedded a timer that recovery sets again. A
 * wake-up may come late or twice; it decides nothing by itself.
 */
export interface Deadlines {
  /** Asks for a look at what may be overdue at `dueAt` (ms since the epoch) or soon after. */
  schedule(deadline: Deadline, dueAt: number): Promise<void>;
}
