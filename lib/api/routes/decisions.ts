import * as z from 'zod';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { refusalOf } from '#decisions/fault.ts';
import { cacheCountsOf, decidePublished } from '#executions/decide-published.ts';
import { DECISIONS, type DecisionVersion, getDecision } from '#executions/decision-store.ts';
import { publishDecisionText } from '../decisions.ts';
import { instant } from '../documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, TEXT, UNREAD } from '../route.ts';

/** A decision, as a list has it. */
export const DecisionDocumentSchema = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    latest: z.string().describe('The version that is meant where none is named.'),
    publishedAt: z.string(),
  })
  .meta({ id: 'DecisionSummary' });

/** A version of a decision, as a list has it. */
export const DecisionVersionSchema = z
  .object({ version: z.string(), description: z.string().optional(), publishedAt: z.string() })
  .meta({ id: 'DecisionVersion' });

const SharedCountsSchema = z.object({
  hits: z.int().describe('Answers that a process found among its own.'),
  sharedHits: z.int().describe('Answers of others that it found in the table.'),
  misses: z.int().describe('Answers that were made.'),
  savedMs: z.number().describe('How long the answers that were found had taken to be made, in ms.'),
  readMs: z.number().describe('How long looking in the table took, in ms.'),
  ageMs: z.number().describe('Ages of the answers that were found in the table, together, in ms.'),
  oldestMs: z.number().describe('Age of the oldest of them, in ms.'),
});

/** A version of a decision with its text. */
export const WholeDecisionSchema = DecisionVersionSchema.extend({
  name: z.string(),
  inputs: z.record(z.string(), JsonObjectSchema).describe('By name the JSON Schema of each input.'),
  outputs: z.record(z.string(), JsonObjectSchema).describe('By name the JSON Schema of each output.'),
  uses: z.record(z.string(), z.string()).describe('Versions of the decisions that it goes by.'),
  source: z.string().describe('The text as it was published.'),
  cache: z
    .object({
      hits: z.int().describe('Answers that were found.'),
      misses: z.int().describe('Answers that were made.'),
      savedMs: z.number().describe('How long the answers that were found had taken to be made, in ms.'),
      shared: SharedCountsSchema.optional().describe('The same of all processes, where they share answers.'),
    })
    .optional()
    .describe(
      'What keeping answers has done in the process that serves this; not there where each is made anew.',
    ),
}).meta({ id: 'WholeDecisionVersion' });

/** A version that was published, now or before. */
export const PublishedDecisionSchema = z
  .object({ name: z.string(), version: z.string(), publishedAt: z.string() })
  .meta({ id: 'PublishedDecision' });

/** What was decided. */
export const AnswerDocumentSchema = z
  .object({
    decision: z.string(),
    version: z.string(),
    output: JsonSchema.describe(
      'Values by output, a list of them, one value, or null when nothing is decided.',
    ),
    trace: z.looseObject({}).describe('Which rules held, which branches were taken, what was read.'),
  })
  .meta({ id: 'DecisionAnswer' });

const EvaluationSchema = z.object({
  input: JsonObjectSchema.default({}).describe('Values by input.'),
  version: z.string().optional().describe('A version or a range; default the latest.'),
  trace: z
    .boolean()
    .default(false)
    .describe('Whether the trace tells of each rule that does not hold why; that takes a look at all.'),
});

/** Routes of decisions. */
export const DECISION_ROUTES = [
  defineRoute({
    method: 'PUT',
    path: '/v1/decisions/{name}',
    summary: 'Publish a version of a decision: its YAML or JSON text',
    query: UNREAD,
    body: TEXT,
    answers: {
      200: {
        description: 'This version is published already, with equal content.',
        schema: PublishedDecisionSchema,
      },
      201: { description: 'Published.', schema: PublishedDecisionSchema },
    },
    serve: async (ports, { params, body }) => {
      const { version: published, isNew } = await publishDecisionText(ports, body, params['name']);
      const { decision: name, version } = published.file;
      return {
        status: isNew ? 201 : 200,
        document: { name, version, publishedAt: instant(published.publishedAt) },
      };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/decisions',
    summary: 'List decisions by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('decisions', DecisionDocumentSchema) } },
    serve: async ({ table }, { query }) => {
      const { summaries, ...rest } = await DECISIONS.list(table, pageOf(query));
      const document = summaries.map((one) => ({ ...one, publishedAt: instant(one.publishedAt) }));
      return { status: 200, document: { decisions: document, ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}',
    summary: 'Read what is published of a decision',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The decision.', schema: DecisionDocumentSchema } },
    serve: async ({ table }, { params }) => {
      const summary = await DECISIONS.summary(table, params['name'] ?? '');
      return { status: 200, document: { ...summary, publishedAt: instant(summary.publishedAt) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}/versions',
    summary: 'List the versions of a decision, the highest first',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All versions.', schema: z.object({ versions: z.array(DecisionVersionSchema) }) },
    },
    serve: async ({ table }, { params }) => {
      const versions = await DECISIONS.versions(table, params['name'] ?? '');
      const document = versions.map(({ version, description, publishedAt }) => ({
        version,
        publishedAt: instant(publishedAt),
        ...(description === undefined ? {} : { description }),
      }));
      return { status: 200, document: { versions: document } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}/versions/{version}',
    summary: 'Read a version of a decision, or the highest of a range: its inputs, its outputs and its text',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The version.', schema: WholeDecisionSchema } },
    serve: async ({ table, clock }, { params }) => {
      const name = params['name'] ?? '';
      const found = await getDecision(table, name, params['version']);
      const cache = await cacheCountsOf({ table, clock }, name, found.file.version);
      return { status: 200, document: { ...toWhole(found), ...(cache === undefined ? {} : { cache }) } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/decisions/{name}/evaluate',
    summary: 'Decide, and tell why',
    query: UNREAD,
    body: EvaluationSchema,
    answers: { 200: { description: 'What is decided.', schema: AnswerDocumentSchema } },
    serve: async ({ table, clock }, { params, body }) => {
      const name = params['name'] ?? '';
      const { file } = await getDecision(table, name, body.version);
      const asked = { name, version: file.version, input: body.input };
      try {
        const { output, trace } = await decidePublished(table, asked, { tellAll: body.trace, clock });
        return { status: 200, document: { decision: name, version: file.version, output, trace } };
      } catch (error) {
        throw refusalOf(error);
      }
    },
  }),
];

function toWhole({ source, file, uses, publishedAt }: DecisionVersion): z.input<typeof WholeDecisionSchema> {
  const { decision: name, version, description, inputs, outputs } = file;
  return {
    ...{ name, version, publishedAt: instant(publishedAt), inputs, outputs, uses, source: source.text },
    ...(description === undefined ? {} : { description }),
  };
}
