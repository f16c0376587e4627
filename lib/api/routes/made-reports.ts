import { StepwrightError } from '#core/error.ts';
import { getMade, keepReport, listMade, madeId } from '#reports/made/made-report.ts';
import type { ReportFiles } from '#reports/made/report-files.ts';
import { makeReport } from '#reports/make-report.ts';
import { ReportDocumentSchema } from '#reports/render/json.ts';
import { MEDIA_TYPES } from '#reports/render/render.ts';
import { getReport } from '#reports/store/report-store.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import type { ApiPorts } from '../ports.ts';
import { KeptReportDocument, toKeptDocument } from '../report-documents.ts';
import { formatOf, ReportQuerySchema, reportPeriod } from '../reports.ts';
import { defineRoute, UNREAD } from '../route.ts';

const PeriodSchema = ReportQuerySchema.omit({ format: true });
const FormatSchema = ReportQuerySchema.pick({ format: true });

/** Routes of reports that were made and kept, by schedule or because somebody asked for it. */
export const MADE_REPORT_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/reports/{name}/made',
    summary: 'Make a report now, and keep it; nobody is told',
    query: PeriodSchema,
    body: UNREAD,
    answers: { 201: { description: 'Made and kept.', schema: KeptReportDocument } },
    serve: async (ports, { params, query }) => {
      const { file } = await getReport(ports.table, params['name'] ?? '');
      const files = filesOf(ports);
      const now = ports.clock.now();
      const result = await makeReport(ports, file, { period: reportPeriod(file, query, now) });
      const id = `${madeId(now)}-${Math.floor(ports.random() * 0x10000)
        .toString(16)
        .padStart(4, '0')}`;
      const made = await keepReport({ table: ports.table, files }, result, {
        id,
        formats: file.formats ?? ['html'],
      });
      return { status: 201, document: toKeptDocument(made) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/reports/{name}/made',
    summary: 'List what was made of a report and kept, the newest first',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('made', KeptReportDocument) } },
    serve: async ({ table }, { params, query }) => {
      const { made, ...rest } = await listMade(table, params['name'] ?? '', pageOf(query));
      return { status: 200, document: { made: made.map(toKeptDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/reports/{name}/made/{id}',
    summary: 'Read a report that was made and kept, as it was then',
    query: FormatSchema,
    body: UNREAD,
    answers: {
      200: {
        description: 'The report, in one of the formats in which it was kept.',
        schema: ReportDocumentSchema,
        otherTexts: [MEDIA_TYPES.html, MEDIA_TYPES.csv],
      },
    },
    serve: async (ports, { params, query, headers }) => {
      const { report, id, formats } = await getMade(ports.table, params['name'] ?? '', params['id'] ?? '');
      const wanted = formatOf(query, headers);
      const format = formats.includes(wanted) || query.format !== undefined ? wanted : (formats[0] ?? wanted);
      const text = await filesOf(ports).get({ report, made: id, format });
      if (text === undefined) throw notKept(report, { id, format, formats });
      return { status: 200, document: text, text: MEDIA_TYPES[format] };
    },
  }),
];

function filesOf({ reportFiles }: Pick<ApiPorts, 'reportFiles'>): ReportFiles {
  if (reportFiles !== undefined) return reportFiles;
  throw new StepwrightError({
    code: 'SW4223',
    kind: 'unavailable',
    message: 'this server keeps no reports',
    hint: 'make the report now, by GET /v1/reports/{name}',
  });
}

function notKept(
  report: string,
  {
    id,
    format,
    formats,
  }: { readonly id: string; readonly format: string; readonly formats: readonly string[] },
): StepwrightError {
  const kept = formats.length === 0 ? 'nothing' : formats.join(', ');
  return new StepwrightError({
    code: 'SW4222',
    kind: 'not-found',
    message: `there is no ${format} of what was made of report "${report}" under the id "${id}"`,
    hint: `it was kept as ${kept}; "formats" of the report says as what`,
  });
}
