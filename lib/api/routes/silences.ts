import * as z from 'zod';
import { parseDuration } from '#core/duration.ts';
import { StepwrightError } from '#core/error.ts';
import { MatcherSchema } from '#definition/alert/route.ts';
import { DurationSchema } from '#definition/fields.ts';
import { deleteSilence, listSilences, putSilence } from '#monitoring/alerts/store/silence-store.ts';
import { SilenceDocument, toSilenceDocument } from '../alert-documents.ts';
import { defineRoute, UNREAD } from '../route.ts';

const InstantSchema = z.iso.datetime({ offset: true }).describe('ISO 8601.');

const NewSilenceBody = z.object({
  group: z.string().exactOptional().describe('Only alerts of this group. Default: of every group.'),
  match: MatcherSchema.default({}),
  values: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('Only alerts that are told apart by these values.'),
  from: InstantSchema.exactOptional().describe('When it begins. Default: at once.'),
  until: InstantSchema.exactOptional().describe('When it ends; or say `for`.'),
  for: DurationSchema.exactOptional().describe('How long it lasts, from when it begins.'),
  reason: z.string().min(1).max(4_096).describe('Why, for people.'),
  by: z.string().min(1).max(256).default('api').describe('Who says so.'),
});

function endOf(body: z.infer<typeof NewSilenceBody>, from: number): number {
  const ms = body.for === undefined ? undefined : parseDuration(body.for);
  if (body.until !== undefined) return Date.parse(body.until);
  if (ms !== undefined) return from + ms;
  throw new StepwrightError({
    code: 'SW4214',
    kind: 'invalid',
    message: 'the silence has no end',
    hint: 'say `until`, or `for`',
  });
}

/** Routes of silences. */
export const SILENCE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/silences',
    summary: 'List the silences that people have made, also those that have not begun',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All of them.', schema: z.object({ silences: z.array(SilenceDocument) }) },
    },
    serve: async ({ table, clock }) => {
      const silences = (await listSilences(table)).filter(({ until }) => until > clock.now());
      return { status: 200, document: { silences: silences.map(toSilenceDocument) } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/silences',
    summary: 'Tell nobody of some alerts for some time',
    query: UNREAD,
    body: NewSilenceBody,
    answers: { 201: { description: 'The silence.', schema: SilenceDocument } },
    serve: async (ports, { body }) => {
      const { group, match, values: by, reason, by: createdBy } = body;
      const from = body.from === undefined ? Math.floor(ports.clock.now()) : Date.parse(body.from);
      const silence = await putSilence(ports, {
        ...(group === undefined ? {} : { group }),
        ...(by === undefined ? {} : { by }),
        ...{ match, reason, createdBy, from, until: endOf(body, from) },
      });
      return { status: 201, document: toSilenceDocument(silence) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/silences/{id}',
    summary: 'End a silence: what fires is told of again',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'As it was.', schema: SilenceDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toSilenceDocument(await deleteSilence(table, params['id'] ?? '')),
    }),
  }),
];
