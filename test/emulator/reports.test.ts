import { createServer } from 'node:http';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { KeptReportDocument, PublishedReportDocument } from '#api/report-documents.ts';
import { ReportDocumentSchema } from '#reports/render/json.ts';
import { call, POLL, settled, start } from './client.ts';
import { deployed, describeEmulated, emulated } from './stacks.ts';

const WORKFLOW = `stepwright: 1
name: reported
version: 1.0.0
input: { type: object, properties: { site: { type: string } } }
steps:
  - { id: mark, set: { x: 1 } }
`;

const REPORT = `stepwright: 1
report: each-minute
title: Each minute
source: executions
period: { last: 1d }
filters: { workflow: reported }
groupBy: { site: input.site }
measures: { runs: count, failed: { share: "status = 'FAILED'" } }
charts: [{ type: bar, x: site, y: runs }]
formats: [html, csv]
`;

/** A schedule comes each minute, and the function that looks begins cold. */
const MINUTES = { ...POLL, timeout: 200_000 };

const SentSchema = z.object({
  data: z.object({ subject: z.string(), message: z.record(z.string(), z.unknown()), link: z.string() }),
});

async function text(target: string, accept?: string): Promise<{ type: string | null; body: string }> {
  const { url, token } = deployed();
  const headers = { authorization: `Bearer ${token}`, ...(accept === undefined ? {} : { accept }) };
  const response = await fetch(`${url}${target}`, { headers });
  return { type: response.headers.get('content-type'), body: await response.text() };
}

describeEmulated('reports on the emulator', () => {
  emulated(
    'a report is published, made by the API, and made by schedule for a webhook, whose link leads to it',
    { timeout: 300_000 },
    async () => {
      await call('POST', '/v1/workflows', WORKFLOW);
      for (const site of ['berlin', 'berlin', 'porto']) await settled(await start('reported', { site }));
      const received: z.infer<typeof SentSchema>[] = [];
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          received.push(SentSchema.parse(JSON.parse(Buffer.concat(chunks).toString())));
          response.end();
        });
      });
      await new Promise<void>((resolve) => server.listen(deployed().servicePort, '127.0.0.1', resolve));
      try {
        await call('PUT', '/v1/reports/each-minute', REPORT);
        const made = ReportDocumentSchema.parse(await call('GET', '/v1/reports/each-minute'));
        expect([made.rows, made.totals]).toEqual([
          [
            ['berlin', 2, 0],
            ['porto', 1, 0],
          ],
          { runs: 3, failed: 0 },
        ]);
        const page = await text('/v1/reports/each-minute', 'text/html');
        expect([page.type, page.body.slice(0, 15)]).toEqual(['text/html; charset=utf-8', '<!doctype html>']);
        expect((await text('/v1/reports/each-minute?format=csv')).body).toBe(
          'site,runs,failed\r\nberlin,2,0\r\nporto,1,0\r\n',
        );
        const kept = KeptReportDocument.parse(await call('POST', '/v1/reports/each-minute/made'));
        expect((await text(`/v1/reports/each-minute/made/${kept.id}?format=csv`)).body).toContain(
          'berlin,2,0',
        );

        const hook = `http://127.0.0.1:${deployed().servicePort}/hook`;
        const scheduled = `${REPORT}schedule: { cron: "* * * * *" }\nrecipients: [{ webhook: { url: "${hook}" } }]\n`;
        PublishedReportDocument.parse(await call('PUT', '/v1/reports/each-minute', scheduled));
        await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), MINUTES);
        await call('DELETE', '/v1/reports/each-minute');
        const [first] = received;
        expect(first?.data.message).toMatchObject({ Runs: '3', Failed: '0 %' });
        const link = first?.data.link ?? '';
        const { pathname, search } = new URL(link);
        expect(pathname).toMatch(/\/v1\/made-reports\/read$/);
        const { url } = deployed();
        const read = await fetch(`${url}/v1/made-reports/read${search}`);
        expect([read.status, (await read.text()).includes('<h1>Each minute</h1>')]).toEqual([200, true]);
        const forged = await fetch(`${url}/v1/made-reports/read${search.slice(0, -2)}xx`);
        expect(forged.status).toBe(404);
        expect((await text('/v1/reports')).body).toContain('weekly-rollouts');
      } finally {
        server.close();
      }
    },
  );
});
