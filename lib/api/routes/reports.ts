import type * as z from 'zod';
import type { ReportFile } from '#definition/report/report.ts';
import { makeReport } from '#reports/make-report.ts';
import { ReportDocumentSchema, reportDocument } from '#reports/render/json.ts';
import { MEDIA_TYPES, renderReport } from '#reports/render/render.ts';
import { deleteReport, getReport, listReports } from '#reports/store/report-store.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import type { ApiPorts } from '../ports.ts';
import { PublishedReportDocument, toReportDocument } from '../report-documents.ts';
import {
  formatOf,
  publishReportText,
  ReportQuerySchema,
  readReportText,
  reportPeriod,
  reportSource,
} from '../reports.ts';
import { defineRoute, type RouteAnswer, TEXT, UNREAD } from '../route.ts';

const MADE = {
  description: 'The report, made now.',
  schema: ReportDocumentSchema,
  otherTexts: [MEDIA_TYPES.html, MEDIA_TYPES.csv],
} as const;

const PUBLISHED = { description: 'The report.', schema: PublishedReportDocument } as const;

/** Routes of reports: publish them, and make them now. */
export const REPORT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/reports',
    summary: 'List the reports that are published, by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('reports', PublishedReportDocument) } },
    serve: async ({ table }, { query }) => {
      const { reports, ...rest } = await listReports(table, pageOf(query));
      return { status: 200, document: { reports: reports.map(toReportDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/reports',
    summary: 'Publish a report, in the place of the one of its name; the body is its text',
    query: UNREAD,
    body: TEXT,
    answers: { 200: PUBLISHED },
    serve: async (ports, { body }) => ({
      status: 200,
      document: toReportDocument(await publishReportText(ports, reportSource(body))),
    }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/reports/{name}',
    summary: 'Publish a report under its name; the body is its text',
    query: UNREAD,
    body: TEXT,
    answers: { 200: PUBLISHED },
    serve: async (ports, { params, body }) => ({
      status: 200,
      document: toReportDocument(await publishReportText(ports, reportSource(body), params['name'])),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/reports/{name}/definition',
    summary: 'Read a report as it is published, and when it is due',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: PUBLISHED },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toReportDocument(await getReport(table, params['name'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/reports/{name}',
    summary: 'Take a report away; what was made of it is kept for its time',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'As it was.', schema: PublishedReportDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toReportDocument(await deleteReport(table, params['name'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/reports/{name}',
    summary: 'Make a report now, as JSON, CSV or a page',
    query: ReportQuerySchema,
    body: UNREAD,
    answers: { 200: MADE },
    serve: async (ports, { params, query, headers }) => {
      const { file } = await getReport(ports.table, params['name'] ?? '');
      return made(ports, file, { query, headers });
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/reports/preview',
    summary: 'Make a report of a text that is not published',
    query: ReportQuerySchema,
    body: TEXT,
    answers: { 200: MADE },
    serve: async (ports, { query, body, headers }) => {
      const { file } = readReportText(reportSource(body));
      return made(ports, file, { query, headers });
    },
  }),
];

async function made(
  ports: ApiPorts,
  file: ReportFile,
  asked: {
    readonly query: z.infer<typeof ReportQuerySchema>;
    readonly headers: Readonly<Record<string, string>>;
  },
): Promise<RouteAnswer> {
  const period = reportPeriod(file, asked.query, ports.clock.now());
  const result = await makeReport(ports, file, { period });
  const format = formatOf(asked.query, asked.headers);
  if (format === 'json') return { status: 200, document: reportDocument(result) };
  return { status: 200, document: renderReport(result, format), text: MEDIA_TYPES[format] };
}
