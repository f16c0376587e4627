import * as z from 'zod';
import { decisionAnalytics } from '#analytics/decision-analytics.ts';
import { depersonalised } from '#analytics/personal.ts';
import { readDecisions, readRoutes } from '#analytics/read-log.ts';
import { routeAnalytics } from '#analytics/route-analytics.ts';
import { DECISIONS } from '#executions/decision-store.ts';
import { getWorkflow } from '#executions/workflow-store.ts';
import {
  DecisionAnalyticsSchema,
  RouteAnalyticsSchema,
  toAnalyticsDocument,
} from '../analytics-documents.ts';
import {
  DecisionRecordSchema,
  PeriodQuerySchema,
  periodOf,
  RouteRecordSchema,
  toDecisionDocument,
  toRouteDocument,
} from '../log-documents.ts';
import { logPage, placeOf } from '../log-page.ts';
import { PageQuerySchema, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const LogQuerySchema = PeriodQuerySchema.extend({
  ...PageQuerySchema.shape,
  personalData: z
    .enum(['true', 'false'])
    .optional()
    .describe(
      'With `false`, what is marked `personal` is left out, and pseudonyms are in the place of ids of executions, commands and devices.',
    ),
});

const IN_LINES = 'Records in the order of time. As JSON Lines where `application/x-ndjson` is accepted.';

/** Routes of the decision log: of decisions, and of choices of devices. */
export const LOG_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}/analytics',
    summary: 'What came of decisions: by rule, version and workflow, with regret, drift and trials',
    query: PeriodQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'What came of them.', schema: DecisionAnalyticsSchema } },
    serve: async ({ table, clock }, { params, query }) => {
      const analytics = await decisionAnalytics(table, params['name'] ?? '', periodOf(query, clock.now()));
      return { status: 200, document: toAnalyticsDocument(analytics) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/decisions/{name}/log',
    summary: 'Read what steps have decided, with what came of it',
    query: LogQuerySchema,
    body: UNREAD,
    answers: { 200: { description: IN_LINES, schema: pageSchema('records', DecisionRecordSchema) } },
    lines: 'records',
    serve: async ({ table, clock }, { params, query }) => {
      const name = params['name'] ?? '';
      await DECISIONS.summary(table, name);
      const cleaned = query.personalData === 'false' ? await depersonalised(table) : undefined;
      const period = periodOf(query, clock.now());
      const records = readDecisions(table, name, { ...period, ...placeOf(query.cursor) });
      const document = await logPage(records, query.limit, async (record) =>
        toDecisionDocument((await cleaned?.decision(record)) ?? record),
      );
      return { status: 200, document };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/routes/analytics',
    summary: 'What came of the choices of devices for the steps of a workflow: by route, strategy and device',
    query: PeriodQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'What came of them.', schema: RouteAnalyticsSchema } },
    serve: async ({ table, clock }, { params, query }) => {
      const analytics = await routeAnalytics(table, params['name'] ?? '', periodOf(query, clock.now()));
      return { status: 200, document: toAnalyticsDocument(analytics) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/routes/log',
    summary: 'Read which devices were chosen for the steps of a workflow, with what came of it',
    query: LogQuerySchema,
    body: UNREAD,
    answers: { 200: { description: IN_LINES, schema: pageSchema('records', RouteRecordSchema) } },
    lines: 'records',
    serve: async ({ table, clock }, { params, query }) => {
      const name = params['name'] ?? '';
      await getWorkflow(table, name);
      const cleaned = query.personalData === 'false' ? await depersonalised(table) : undefined;
      const period = periodOf(query, clock.now());
      const records = readRoutes(table, name, { ...period, ...placeOf(query.cursor) });
      const document = await logPage(records, query.limit, async (record) =>
        toRouteDocument(cleaned?.route(record) ?? record),
      );
      return { status: 200, document };
    },
  }),
];
