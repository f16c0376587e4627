import * as z from 'zod';
import { NameSchema } from './fields.ts';
import { NamedReceiverSchema } from './receiver.ts';

/** Most receivers of a project: what one notification makes for all of them is written at once. */
export const MAX_RECEIVERS = 50;

/** Topic under which each person is sent their own link to an approval. */
export const LINK_TOPIC = 'approval-links';

/** Receivers by name. */
export const ReceiversSchema = z
  .record(NameSchema, NamedReceiverSchema)
  .refine((receivers) => Object.keys(receivers).length <= MAX_RECEIVERS, {
    message: `are more than ${MAX_RECEIVERS}`,
  })
  .describe('Whom notifications are sent to, by name.')
  .meta({ examples: [{ 'ops-list': { email: 'ops@example.com' } }] });

/** Where notifications go. */
export const NotificationRouteSchema = z
  .strictObject({
    topics: z
      .array(NameSchema)
      .min(1)
      .exactOptional()
      .describe('Topics: those of `notify` steps, `approvals`, `approval-links`. Default: every one.')
      .meta({ examples: [['approvals', 'releases']] }),
    people: z
      .array(z.string().trim().min(1).max(256))
      .min(1)
      .exactOptional()
      .describe('What is for one of these people, and for nobody else. Default: what is for all.')
      .meta({ examples: [['ada@example.org']] }),
    to: z
      .array(NameSchema)
      .min(1)
      .describe('Receivers of this file.')
      .meta({ examples: [['ops-channel', 'ops-list']] }),
  })
  .describe('Where notifications go. Every route that fits counts, and each receiver is told once.');

/** All routes of a project. */
export const NotificationRoutesSchema = z
  .array(NotificationRouteSchema)
  .max(200)
  .describe('Where notifications go.')
  .meta({ examples: [[{ topics: ['approvals'], to: ['ops-channel'] }]] });

/** What a project says of whom is told what. */
export const NotificationSettingsSchema = z.object({
  receivers: ReceiversSchema.default({}),
  routes: NotificationRoutesSchema.default([]),
});

/** What a project says of whom is told what. */
export type NotificationSettings = z.infer<typeof NotificationSettingsSchema>;
