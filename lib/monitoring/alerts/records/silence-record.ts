import * as z from 'zod';
import { MatcherSchema } from '#definition/alert/route.ts';

/** Alerts that are not told of for some time, by somebody's word. Times are ms since the Unix epoch. */
export const SilenceRecordSchema = z.object({
  id: z.string(),
  /** Group of alerts; undefined: of every group. */
  group: z.string().exactOptional(),
  match: MatcherSchema,
  /** Values of the fields that an alert is told apart by. */
  by: z.record(z.string(), z.string()).exactOptional(),
  from: z.number(),
  until: z.number(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.number(),
});

/** Alerts that are not told of for some time. */
export type SilenceRecord = z.infer<typeof SilenceRecordSchema>;
