import * as z from 'zod';
import { KeptReportDocument, PublishedReportDocument } from '#api/report-documents.ts';
import type { ReportFormat } from '#reports/render/formats.ts';
import { ReportDocumentSchema } from '#reports/render/json.ts';
import { callApi, callForText, type Server } from '../api-client.ts';

/** A report as it is published, as the API tells it. */
export type PublishedReport = z.output<typeof PublishedReportDocument>;

/** A report that was made and kept, as the API tells it. */
export type KeptReport = z.output<typeof KeptReportDocument>;

const LIMIT = '200';

/** Of which time a report is made. */
export interface PeriodWanted {
  readonly last?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The reports that are published. */
export async function fetchReports(server: Server): Promise<readonly PublishedReport[]> {
  const answer = z.object({ reports: z.array(PublishedReportDocument) });
  const call = { method: 'GET', path: ['reports'], query: { limit: LIMIT }, answer } as const;
  return (await callApi(server, call)).document.reports;
}

/** One report as it is published. */
export async function fetchReport(server: Server, name: string): Promise<PublishedReport> {
  const path = ['reports', name, 'definition'];
  return (await callApi(server, { method: 'GET', path, answer: PublishedReportDocument })).document;
}

/** What was made of a report and kept, the newest first. */
export async function fetchKept(server: Server, name: string): Promise<readonly KeptReport[]> {
  const answer = z.object({ made: z.array(KeptReportDocument) });
  const call = { method: 'GET', path: ['reports', name, 'made'], query: { limit: LIMIT }, answer } as const;
  return (await callApi(server, call)).document.made;
}

/** Publishes a report. */
export async function sendReport(server: Server, name: string, text: string): Promise<PublishedReport> {
  const call = {
    method: 'PUT',
    path: ['reports', name],
    body: text,
    answer: PublishedReportDocument,
  } as const;
  return (await callApi(server, call)).document;
}

/** What is to be made into a report: a published one by its name, or a text; or what was made before, by its id. */
export type Wanted =
  | { readonly name: string; readonly made?: string }
  | {
      readonly text: string;
    };

/** A report as a file of a format. */
export function fetchMadeText(
  server: Server,
  wanted: Wanted,
  { format, ...period }: PeriodWanted & { readonly format: ReportFormat },
): Promise<string> {
  return callForText(server, { ...callOf(wanted), query: { format, ...period } });
}

/** A report as a document. */
export async function fetchMade(server: Server, wanted: Wanted, period: PeriodWanted) {
  const query = { format: 'json', ...period };
  return (await callApi(server, { ...callOf(wanted), query, answer: ReportDocumentSchema })).document;
}

function callOf(wanted: Wanted) {
  if ('text' in wanted) return { method: 'POST', path: ['reports', 'preview'], body: wanted.text } as const;
  const { name, made } = wanted;
  return { method: 'GET', path: ['reports', name, ...(made === undefined ? [] : ['made', made])] } as const;
}
