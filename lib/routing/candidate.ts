import * as z from 'zod';
import type { JsonObject } from '#core/json.ts';
import { JsonObjectSchema } from '#core/json.ts';

/** What routing knows of a device from its place in the rings: all that changes seldom. */
export const CandidateSchema = z.object({
  id: z.string(),
  type: z.string(),
  zone: z.string().optional(),
  status: z.enum(['online', 'offline']),
  capabilities: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});

/** What routing knows of a device from its place in the rings. */
export type Candidate = z.infer<typeof CandidateSchema>;

/** A device as it is registered, with what it reports: what expressions see. */
export const RegisteredSchema = CandidateSchema.extend({ reported: JsonObjectSchema });

/** A device as it is registered. */
export type Registered = z.infer<typeof RegisteredSchema>;

/** What expressions see of a device: its fields, and its tags beside them. */
export function contextOf(device: Registered): JsonObject {
  const { zone, ...rest } = device;
  return { ...device.tags, ...rest, ...(zone === undefined ? {} : { zone }) };
}

/** Whether a zone is another, or inside it; everything is inside ''. */
export function isInZone(zone: string | undefined, around: string): boolean {
  return around === '' || zone === around || (zone?.startsWith(`${around}/`) ?? false);
}
