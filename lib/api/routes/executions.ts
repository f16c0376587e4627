import { createHash } from 'node:crypto';
import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { describeExecution, executionHistory } from '#executions/describe.ts';
import { EXECUTION_STATUSES } from '#executions/execution.ts';
import { listExecutions } from '#executions/execution-store.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { profileExecution } from '#executions/profile/execution-profile.ts';
import { rolloutsOf } from '#executions/rollout/rollouts.ts';
import { startExecution } from '#executions/start.ts';
import { getVersion } from '#executions/workflow-store.ts';
import {
  ExecutionDocumentSchema,
  ExecutionSummarySchema,
  instant,
  StartedDocumentSchema,
  StepDocumentSchema,
  toExecutionDocument,
  toExecutionSummary,
  toStepDocument,
} from '../documents.ts';
import { HistoryDocumentSchema, toActionDocument } from '../history-documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { ProfileDocumentSchema, toProfileDocument } from '../profile-documents.ts';
import { RolloutsDocumentSchema, toRolloutsDocument } from '../rollout-documents.ts';
import { defineRoute, UNREAD } from '../route.ts';

const StartBody = z.object({
  input: JsonSchema.default({}),
  name: z.string().optional().describe('Id of the execution; one is made where it is left out.'),
  version: z
    .string()
    .optional()
    .describe('A published version, or a range; the latest where it is left out.'),
  alias: z.string().optional().describe('An alias, in place of a version.'),
  by: z.string().min(1).max(256).optional().describe('Who starts it; approvals may ask somebody else.'),
});

const ExecutionsQuery = PageQuerySchema.extend({
  workflow: z.string().optional().describe('Only executions of this workflow.'),
  day: z.iso.date().optional().describe('Only executions started on this day (UTC); default today.'),
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(EXECUTION_STATUSES)))
    .optional()
    .describe(
      `Only executions that stand so; several with commas between: ${EXECUTION_STATUSES.join(', ')}. Pages may have fewer then, or none, and go on.`,
    ),
});

const HistoryQuery = z.object({
  after: z.coerce.number().int().min(0).default(0).describe('Events after the one with this id.'),
});

/** Routes of executions. */
export const EXECUTION_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/workflows/{name}/executions',
    summary: 'Start a workflow; with an Idempotency-Key, once for each key',
    query: UNREAD,
    body: StartBody,
    answers: { 201: { description: 'Started.', schema: StartedDocumentSchema } },
    serve: async (ports, { params, body, headers }) => {
      const execution = await startExecution(ports, {
        workflow: params['name'] ?? '',
        input: body.input,
        version: body.version,
        alias: body.alias,
        by: body.by,
        traceparent: headers['traceparent'],
        name: body.name ?? nameOfKey(params['name'] ?? '', headers['idempotency-key']),
      });
      const { id, workflow, version, alias, status } = execution;
      const { deprecated: warning } = await getVersion(ports.table, workflow, version);
      const document = {
        ...{ executionId: id, workflow, version, status },
        ...(alias === undefined ? {} : { alias }),
        ...(warning === undefined ? {} : { warning }),
      };
      return { status: 201, document };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions',
    summary: 'List executions, the newest first: of a workflow, or of a day',
    query: ExecutionsQuery,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('executions', ExecutionSummarySchema) } },
    serve: async ({ table, clock }, { query }) => {
      const { workflow, status, day = instant(clock.now()).slice(0, 10) } = query;
      const { executions, ...rest } = await listExecutions(table, {
        workflow,
        day,
        status,
        ...pageOf(query),
      });
      return { status: 200, document: { executions: executions.map(toExecutionSummary), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions/{id}',
    summary: 'Read an execution with the state of each step',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The execution.', schema: ExecutionDocumentSchema } },
    serve: async (ports, { params }) => ({
      status: 200,
      document: toExecutionDocument(await describeExecution(ports, params['id'] ?? '', { withUsage: true })),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions/{id}/steps',
    summary: 'Read the steps of an execution',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'The steps.', schema: z.object({ steps: z.array(StepDocumentSchema) }) },
    },
    serve: async (ports, { params }) => {
      const { steps } = await describeExecution(ports, params['id'] ?? '');
      return { status: 200, document: { steps: steps.map(toStepDocument) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions/{id}/history',
    summary: 'Read the events of an execution, at most 1,000 at once, and what operators have done to it',
    query: HistoryQuery,
    body: UNREAD,
    answers: { 200: { description: 'Events.', schema: HistoryDocumentSchema } },
    serve: async (ports, { params, query }) => {
      const id = params['id'] ?? '';
      const events = await executionHistory(ports, id, query.after);
      const actions = query.after === 0 ? await actionsOf(ports.table, id) : [];
      const document = events.map((event) => ({ ...event, timestamp: instant(event.timestamp) }));
      return { status: 200, document: { events: document, actions: actions.map(toActionDocument) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions/{id}/rollouts',
    summary: 'Read how the rollouts of an execution were divided into waves, and what of them waits',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The rollouts.', schema: RolloutsDocumentSchema } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toRolloutsDocument(await rolloutsOf(table, params['id'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/executions/{id}/profile',
    summary: 'Read what an execution has spent its time on, and what the whole waited for',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The profile.', schema: ProfileDocumentSchema } },
    serve: async (ports, { params }) => {
      const { execution, profile } = await profileExecution(ports, params['id'] ?? '');
      return { status: 200, document: toProfileDocument(execution, profile) };
    },
  }),
];

/** The same key gives the same execution, apart for each workflow. */
function nameOfKey(workflow: string, key: string | undefined): string | undefined {
  if (key === undefined || key === '') return undefined;
  return `key-${createHash('sha256').update(`${workflow}\n${key}`).digest('hex').slice(0, 40)}`;
}
