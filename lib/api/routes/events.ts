import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { MOST_ENTRIES } from '#monitoring/feed/feed.ts';
import { type EventFilter, isKindPattern } from '#monitoring/feed/filter.ts';
import { FeedEventSchema } from '#monitoring/live/protocol.ts';
import { OPEN_METRICS_TYPE } from '#monitoring/metrics/open-metrics.ts';
import { defineRoute, UNREAD } from '../route.ts';

const list = (what: string) =>
  z
    .string()
    .optional()
    .transform((text) => text?.split(',').filter((value) => value !== ''))
    .describe(`${what}; several with commas between.`);

const EventsQuery = z.object({
  after: z.string().optional().describe('The `cursor` of the page before; without it, the newest events.'),
  limit: z.coerce.number().int().min(1).max(MOST_ENTRIES).default(100).describe('At most this many.'),
  execution: list('Only events of this execution'),
  workflow: list('Only events of executions of this workflow'),
  device: list('Only events of this device'),
  kind: list('Only events of this kind, such as `command.failed`, or of a family: `command.*`'),
});

/** A part of the feed of events. */
export const EventsDocumentSchema = z
  .object({
    events: z.array(FeedEventSchema).describe('The oldest first. One may come again, with the same `id`.'),
    cursor: z.string().describe('Give it as `after` to get what comes next.'),
    more: z.boolean().describe('Whether there is more by now.'),
    gap: z
      .boolean()
      .describe('Whether events after the cursor that was given are not kept any more, or not all of them.'),
  })
  .meta({ id: 'Events' });

/** Where events are pushed. */
export const LiveDocumentSchema = z
  .object({
    url: z.string().optional().describe('WebSocket address; left out where nothing is pushed: poll then.'),
  })
  .meta({ id: 'Live' });

/** Routes of what happens. */
export const EVENT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/events',
    summary: 'Read what has happened: to executions, steps, commands, devices, decisions, leases, approvals',
    query: EventsQuery,
    body: UNREAD,
    answers: { 200: { description: 'A part of the feed.', schema: EventsDocumentSchema } },
    serve: async ({ feed }, { query }) => {
      const { after, limit } = query;
      const { entries, ...page } = await feed.read({ after, limit, filter: filterOf(query) });
      const events = entries.map(({ cursor, event }) => ({ cursor, ...event }));
      return { status: 200, document: { events, ...page } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/live',
    summary: 'Tell where events are pushed by WebSocket',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Where to connect.', schema: LiveDocumentSchema } },
    serve: async ({ liveUrl }, { headers }) => {
      const url = liveUrl(headers['host']);
      return { status: 200, document: url === undefined ? {} : { url } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/metrics',
    summary: 'Read all metrics, as OpenMetrics text',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The metrics.', schema: z.string(), text: OPEN_METRICS_TYPE } },
    serve: async ({ metrics }) => {
      const document = await metrics();
      if (document === undefined) throw noMetrics();
      return { status: 200, document };
    },
  }),
];

function noMetrics(): StepwrightError {
  return new StepwrightError({
    code: 'SW4117',
    kind: 'not-found',
    message: 'this server keeps no metrics of its own',
    hint: 'on AWS they are in CloudWatch, in the namespace "Stepwright"',
  });
}

function filterOf({ execution, workflow, device, kind }: z.infer<typeof EventsQuery>): EventFilter {
  const unknown = kind?.find((pattern) => !isKindPattern(pattern));
  if (unknown !== undefined) throw unknownKind(unknown);
  return {
    ...(execution === undefined ? {} : { executions: execution }),
    ...(workflow === undefined ? {} : { workflows: workflow }),
    ...(device === undefined ? {} : { devices: device }),
    ...(kind === undefined ? {} : { kinds: kind }),
  };
}

function unknownKind(kind: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4116',
    kind: 'invalid',
    message: `"${kind.slice(0, 100)}" is no kind of event`,
    hint: 'docs/reference/events.md lists them; all of a family are named like "command.*"',
  });
}
