import * as z from 'zod';
import { type Trial, TrialTargetSchema } from '#executions/trial.ts';
import { endTrial, listTrials, setTrial } from '#executions/trial-store.ts';
import { instant } from '../documents.ts';
import { defineRoute, UNREAD } from '../route.ts';

/** A trial, as a document. */
export const TrialDocumentSchema = z
  .object({
    version: z.string().describe('The version that steps ask.'),
    target: TrialTargetSchema.describe('Another version: a canary with its share, or one in the shadow.'),
    changedAt: z.string(),
  })
  .meta({ id: 'DecisionTrial' });

/** Routes by which another version of a decision is tried on live traffic. */
export const TRIAL_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}/trials',
    summary: 'List the trials of a decision',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All trials.', schema: z.object({ trials: z.array(TrialDocumentSchema) }) },
    },
    serve: async ({ table }, { params }) => {
      const trials = await listTrials(table, params['name'] ?? '');
      return { status: 200, document: { trials: trials.map(toTrialDocument) } };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/decisions/{name}/trials/{version}',
    summary: 'Try another version where steps ask this one: as a canary, or in the shadow',
    query: UNREAD,
    body: TrialTargetSchema,
    answers: { 200: { description: 'The trial as it now is.', schema: TrialDocumentSchema } },
    serve: async (ports, { params, body }) => {
      const asked = { version: params['version'] ?? '', target: body };
      return { status: 200, document: toTrialDocument(await setTrial(ports, params['name'] ?? '', asked)) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/decisions/{name}/trials/{version}',
    summary: 'End a trial',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'There is none any more.', schema: z.object({}) } },
    serve: async ({ table }, { params }) => {
      await endTrial(table, params['name'] ?? '', params['version'] ?? '');
      return { status: 200, document: {} };
    },
  }),
];

function toTrialDocument({ version, target, changedAt }: Trial): z.input<typeof TrialDocumentSchema> {
  return { version, target, changedAt: instant(changedAt) };
}
