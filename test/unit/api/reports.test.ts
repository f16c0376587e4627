import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { isAnswerPath } from '#api/answer/answer.ts';
import { type Api, createApi } from '#api/api.ts';
import { KeptReportDocument } from '#api/report-documents.ts';
import { formatOf } from '#api/reports.ts';
import { findMade, putMade } from '#reports/made/made-report.ts';
import type { ReportFileName, ReportFiles } from '#reports/made/report-files.ts';
import { ReportDocumentSchema } from '#reports/render/json.ts';
import { makeReportLink } from '#reports/report-links.ts';
import { type ApiCalls, apiCalls } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

const REPORT = `stepwright: 1
report: fleet
title: The fleet
source: devices
timezone: Europe/Berlin
groupBy: { zone: zone }
measures: { devices: count }
formats: [html, csv]
`;
const DAY_MS = 86_400_000;

class Files implements ReportFiles {
  readonly #kept = new Map<string, string>();
  async put(name: ReportFileName, text: string): Promise<void> {
    this.#kept.set(JSON.stringify(Object.entries(name).sort()), text);
  }
  async get(name: ReportFileName): Promise<string | undefined> {
    return this.#kept.get(JSON.stringify(Object.entries(name).sort()));
  }
  async dropBefore(): Promise<void> {
    this.#kept.clear();
  }
}

let world: World;
let files: Files;
let api: Api;
let calls: ApiCalls;
beforeEach(async () => {
  const links = { secret: async () => 's'.repeat(43), baseUrl: async () => 'https://stepwright.example.org' };
  world = await World.create({
    links,
    devices: [
      { id: 'p1', zone: 'berlin' },
      { id: 'p2', zone: 'porto' },
    ],
  });
  files = new Files();
  api = createApi({ ports: world.ports, reportFiles: files, version: '1.2.3' });
  calls = apiCalls(api);
});
afterEach(() => world[Symbol.dispose]());

const publish = (text = REPORT, name = 'fleet') => calls.good('PUT', `/v1/reports/${name}`, { body: text });

async function read(target: string, accept = '') {
  const url = new URL(target, 'http://localhost');
  const query = Object.fromEntries(url.searchParams);
  return api({ method: 'GET', path: url.pathname, query, headers: { accept } });
}

test('a report is published, listed, read, published anew and taken away', async () => {
  expect((await publish()).document).toMatchObject({ name: 'fleet', title: 'The fleet', of: 'devices' });
  await calls.good('POST', '/v1/reports', {
    body: `${REPORT.replace('fleet', 'a-fleet').replace(/title.*\n/, '')}schedule: { cron: "0 7 * * mon" }\ndescription: All\n`,
  });
  const { document } = await calls.good('GET', '/v1/reports');
  expect(document).toMatchObject({
    reports: [
      {
        name: 'a-fleet',
        title: 'a-fleet',
        schedule: { cron: '0 7 * * mon', timezone: 'UTC' },
        dueAt: '2026-01-05T07:00:00.000Z',
      },
      { name: 'fleet' },
    ],
  });
  expect((await calls.good('GET', '/v1/reports/fleet/definition')).document).toMatchObject({
    source: REPORT,
  });
  await calls.good('DELETE', '/v1/reports/fleet');
  expect(await calls.problem('GET', '/v1/reports/fleet')).toMatchObject({ code: 'SW4221', status: 404 });
  expect(await calls.problem('PUT', '/v1/reports/other', { body: REPORT })).toMatchObject({ code: 'SW4001' });
  const wrong = await calls.problem('POST', '/v1/reports', {
    body: REPORT.replace('zone: zone', 'zone: zoen'),
  });
  expect(wrong).toMatchObject({
    code: 'SW4002',
    diagnostics: [{ code: 'SW1851', hint: 'did you mean "zone"?' }],
  });
});

test('it is made as what is asked for, by name or by what is accepted', async () => {
  await publish();
  const made = ReportDocumentSchema.parse((await calls.good('GET', '/v1/reports/fleet')).document);
  expect([made.rows, made.totals]).toEqual([
    [
      ['berlin', 1],
      ['porto', 1],
    ],
    { devices: 2 },
  ]);
  const csv = await read('/v1/reports/fleet?format=csv');
  expect([csv.headers['content-type'], csv.body]).toEqual([
    'text/csv; charset=utf-8; header=present',
    'zone,devices\r\nberlin,1\r\nporto,1\r\n',
  ]);
  expect((await read('/v1/reports/fleet', 'text/html,application/xhtml+xml,*/*;q=0.8')).body).toMatch(
    /^<!doctype html>/,
  );
  const preview = await calls.good('POST', '/v1/reports/preview', { body: REPORT.replace('fleet', 'other') });
  expect(preview.document).toMatchObject({
    report: 'other',
    rows: [
      ['berlin', 1],
      ['porto', 1],
    ],
  });
  expect(await calls.problem('POST', '/v1/reports/preview', { body: 'report: x' })).toMatchObject({
    code: 'SW4002',
  });
});

test.each([
  ['', 'json'],
  ['*/*', 'json'],
  ['text/csv', 'csv'],
  ['application/json;q=0.5, text/html', 'html'],
  ['text/html;q=0, text/csv;q=0.1', 'csv'],
  ['image/png', 'json'],
])('who accepts "%s" gets %s', (accept, format) => expect(formatOf({}, { accept })).toBe(format));

test.each([
  ['', '2025-12-25T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ['?last=12h', '2025-12-31T12:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ['?from=2025-12-01&to=2025-12-08', '2025-11-30T23:00:00.000Z', '2025-12-07T23:00:00.000Z'],
  ['?to=2025-12-08T00:00:00Z', '2025-12-01T00:00:00.000Z', '2025-12-08T00:00:00.000Z'],
])('with %s it is of the time from %s', async (query, from, to) => {
  await publish();
  expect((await calls.good('GET', `/v1/reports/fleet${query}`)).document).toMatchObject({ from, to });
});

test.each([
  '?last=x',
  '?from=monday',
  '?from=2026-02-01',
  '?from=2020-01-01',
  '?from=2025-12-01&last=1d',
  '?format=pdf',
])('%s is refused', async (query) => {
  await publish();
  expect(await calls.problem('GET', `/v1/reports/fleet${query}`)).toMatchObject({ code: 'SW4001' });
});

test('one that is made to be kept is read again as it was', async () => {
  await publish();
  const { status, document } = await calls.good('POST', '/v1/reports/fleet/made');
  const { id, by, totals, records } = KeptReportDocument.parse(document);
  expect([status, by, totals, records]).toEqual([201, 'request', { devices: 2 }, 2]);
  const list = await calls.good('GET', '/v1/reports/fleet/made');
  expect(list.document).toMatchObject({ made: [{ id, formats: ['html', 'csv'] }] });
  expect((await read(`/v1/reports/fleet/made/${id}?format=csv`)).body).toContain('berlin,1');
  expect((await read(`/v1/reports/fleet/made/${id}`)).body).toMatch(/^<!doctype html>/);
  expect(await calls.problem('GET', `/v1/reports/fleet/made/${id}?format=json`)).toMatchObject({
    code: 'SW4222',
  });
  expect(await calls.problem('GET', '/v1/reports/fleet/made/none')).toMatchObject({ code: 'SW4222' });
  const elsewhere = apiCalls(createApi({ ports: world.ports, version: '1' }));
  expect(await elsewhere.problem('POST', '/v1/reports/fleet/made')).toMatchObject({
    code: 'SW4223',
    status: 503,
  });
});

async function follow(link: string, method = 'GET', more = '') {
  const { pathname: path, searchParams } = new URL(`${link}${more}`);
  expect(isAnswerPath(path)).toBe(true);
  return api({ method, path, query: Object.fromEntries(searchParams), headers: {} });
}

async function linkOf(made: string): Promise<string> {
  const part = { kind: 'report-link', report: 'fleet', made } as const;
  return (await makeReportLink(world.ports, part, 'email:ops@example.com'))?.link ?? '';
}

test('a link shows the report without a token, as a page or a file, where nothing runs', async () => {
  await publish();
  const { id } = z
    .object({ id: z.string() })
    .parse((await calls.good('POST', '/v1/reports/fleet/made')).document);
  const link = await linkOf(id);
  const page = await follow(link);
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.body).toContain('<h1>The fleet</h1>');
  expect(page.headers['content-security-policy']).toMatch(
    /^default-src 'none'; .*frame-ancestors 'none'; sandbox$/,
  );
  expect(page.headers['referrer-policy']).toBe('no-referrer');
  const csv = await follow(link, 'GET', '&format=csv');
  expect(csv.headers['content-disposition']).toBe(`attachment; filename="fleet-${id}.csv"`);
  expect((await follow(link, 'POST')).status).toBe(405);
});

test('a link that was changed, is of something else, or is over shows nothing', async () => {
  await publish();
  const { id } = z
    .object({ id: z.string() })
    .parse((await calls.good('POST', '/v1/reports/fleet/made')).document);
  const link = await linkOf(id);
  const [head, token = ''] = link.split('?token=');
  const claims = Buffer.from(JSON.stringify({ report: 'fleet', made: id, to: 'x', until: 9e15 })).toString(
    'base64url',
  );
  for (const forged of ['', 'x', `${token.slice(0, -2)}AA`, `${claims}.${token.split('.')[1]}`])
    expect((await follow(`${head}?token=${forged}`)).status, forged).toBe(404);
  expect((await follow(await linkOf('20200101T000000Z'))).status).toBe(410);
  const made = await findMade(world.ports.table, 'fleet', id);
  if (made === undefined) throw new Error('it is kept');
  expect(await putMade(world.ports.table, { ...made, rows: 99 })).toEqual(made);
  await files.dropBefore();
  expect((await follow(link)).status).toBe(410);
  await world.clock.advance(8 * DAY_MS);
  expect((await follow(link)).body).toContain('good for a week');
  expect(
    await makeReportLink({ clock: world.clock }, { kind: 'report-link', report: 'fleet', made: id }, 'x'),
  ).toBeUndefined();
});
