import { html } from '#core/html.ts';
import type { ReportFormat } from '#reports/render/formats.ts';
import { MEDIA_TYPES } from '#reports/render/render.ts';
import { REPORT_POLICY } from '#reports/render/style.ts';
import { followReportLink } from '#reports/report-links.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import type { AnswerPorts } from './answer.ts';
import { page } from './pages.ts';
import { PAGE_HEADERS } from './style.ts';

/** Serves the report that a link leads to, as a page, or as what `format` names. Nobody else's page may frame it, or learn its address. */
export async function serveReport(ports: AnswerPorts, { method, query }: HttpRequest): Promise<HttpResponse> {
  if (method === 'POST') return closed(405, 'There is nothing to answer here', 'Open the link in a browser.');
  const link = await followReportLink(ports, query['token'] ?? '');
  if (link.state === 'invalid')
    return closed(
      404,
      'This link does not work',
      'It may have been cut off. Open it once more from the message, as a whole; or ask whoever runs Stepwright.',
    );
  if (link.state === 'over')
    return closed(
      410,
      'This link is over',
      'It was good for a week. Ask whoever runs Stepwright for the report.',
    );
  const { report, id: made, formats } = link.made;
  const format = formats.find((one) => one === query['format']) ?? formats[0] ?? 'html';
  const text = await ports.reportFiles?.get({ report, made, format });
  if (text === undefined)
    return closed(410, 'This report is not kept any more', 'Ask whoever runs Stepwright.');
  return { status: 200, headers: headersOf(format, `${report}-${made}.${format}`), body: text };
}

function headersOf(format: ReportFormat, name: string): Readonly<Record<string, string>> {
  const policy = `${REPORT_POLICY}; frame-ancestors 'none'; sandbox`;
  return {
    ...PAGE_HEADERS,
    ...{ 'content-type': MEDIA_TYPES[format], 'content-security-policy': policy },
    ...(format === 'html' ? {} : { 'content-disposition': `attachment; filename="${name}"` }),
  };
}

function closed(status: number, title: string, words: string): HttpResponse {
  return page(status, title, [html`<p class="ask">${words}</p>`]);
}
