import * as z from 'zod';
import type { AlarmChange } from '#monitoring/events/alarm-events.ts';

/** EventBridge's "CloudWatch Alarm State Change" (CloudWatch User Guide, "Alarm events and EventBridge"). */
const StateChangeSchema = z.object({
  detail: z.object({
    alarmName: z.string(),
    state: z.object({
      value: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']),
      reason: z.string().optional(),
      timestamp: z.string().transform((text) => Date.parse(text)),
    }),
    configuration: z.object({ description: z.string().optional() }).optional(),
  }),
});

/** Longest reason that is told, in characters. */
const MOST_CHARACTERS = 1_000;

/** What an event of EventBridge says of an alarm; undefined where CloudWatch does not know: then it is as it was. */
export function readAlarmChange(event: unknown): AlarmChange | undefined {
  const { alarmName: name, state, configuration } = StateChangeSchema.parse(event).detail;
  if (state.value === 'INSUFFICIENT_DATA') return undefined;
  return {
    ...{ name, isRaised: state.value === 'ALARM', at: state.timestamp },
    ...{ reason: state.reason?.slice(0, MOST_CHARACTERS), description: configuration?.description },
  };
}
