import * as z from 'zod';
import { EventNameSchema } from '#compiler/wait-payload.ts';
import { parseDuration } from '#core/duration.ts';
import { JsonSchema } from '#core/json.ts';
import { MAX_KEEP_MS } from '#definition/event-sources.ts';
import { DurationSchema } from '#definition/fields.ts';
import { durationMs } from '#definition/read-retry.ts';
import { tellAll } from '#signals/tell-all.ts';
import { defineRoute, UNREAD } from '../route.ts';

const EventBody = z.object({
  name: EventNameSchema,
  data: JsonSchema.default({}).describe('What expressions see as $event.'),
  id: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('The same for the same event told twice within a day; default: the Idempotency-Key.'),
  keep: DurationSchema.refine((text) => (parseDuration(text) ?? 0) <= MAX_KEEP_MS, {
    message: 'is longer than 24h',
  })
    .optional()
    .describe('How long steps that begin to wait later get it, too: 30s. At most 24h; default: not at all.'),
});

/** Routes of events. */
export const SIGNAL_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/events',
    summary: 'Tell every execution that waits for it of an event',
    query: UNREAD,
    body: EventBody,
    answers: {
      202: {
        description: 'Told.',
        schema: z.object({
          taken: z.number().int().describe('How many steps have taken it.'),
          repeated: z.boolean().optional().describe('Whether it was told before; nothing was done then.'),
        }),
      },
    },
    serve: async (ports, { body, headers }) => {
      const { name, data, id = headers['idempotency-key'], keep } = body;
      const keepMs = keep === undefined ? undefined : durationMs(keep);
      const { taken, isRepeated } = await tellAll(ports, { name, data, id, keepMs });
      return { status: 202, document: { taken, ...(isRepeated ? { repeated: true } : {}) } };
    },
  }),
];
