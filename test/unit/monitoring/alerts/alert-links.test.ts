import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAnswerPath } from '#api/answer/answer.ts';
import { createApi } from '#api/api.ts';
import type { HttpResponse } from '#api/http.ts';
import { makeAlertLink } from '#monitoring/alerts/alert-links.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import { beginPaging } from '#monitoring/alerts/records/paging-record.ts';
import { findAlert, putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { putPaging } from '#monitoring/alerts/store/paging-store.ts';
import { World } from '#support/world.ts';

const PAGING = { ...beginPaging('plant.0.abc', 1), revision: 1, told: 1 };
const PART = { kind: 'alert-link', paging: PAGING.key, incident: PAGING.id } as const;

function alert(id: string, fields: Partial<AlertRecord> = {}): AlertRecord {
  return {
    ...{ id, group: 'plant', alert: 'slow', title: '<b>Slow</b>', severity: 'warning', by: {}, notes: [] },
    ...{ status: 'FIRING', since: 1, foundAt: 1, firedAt: 1, pagings: [PAGING.key], revision: 0 },
    ...{ devices: [], deviceCount: 0, executions: [] },
    ...fields,
  };
}

let world: World;
beforeEach(async () => {
  const links = { secret: async () => 's'.repeat(43), baseUrl: async () => 'https://stepwright.example.org' };
  world = await World.create({ links });
  const { table } = world.ports;
  await putPaging(table, PAGING);
  await putAlert(table, alert('a.1'));
  await putAlert(table, alert('a.2', { title: 'Other', pagings: ['plant.1.xyz'] }));
});
afterEach(() => world[Symbol.dispose]());

async function open(method: string, link: string): Promise<HttpResponse> {
  const api = createApi({ ports: world.ports, version: '1.2.3' });
  const { pathname: path, searchParams } = new URL(link);
  expect(isAnswerPath(path)).toBe(true);
  return api({ method, path, query: Object.fromEntries(searchParams), headers: {} });
}

async function linkFor(to: string): Promise<string> {
  return (await makeAlertLink(world.ports, PART, to))?.link ?? '';
}

const statusOf = async (id: string) => (await findAlert(world.ports.table, id))?.status;

test('a link shows what fires, and acknowledges it in the name of who was sent it when the button is pressed', async () => {
  const link = await linkFor('ana');
  const page = await open('GET', link);
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('&lt;b&gt;Slow&lt;/b&gt;')]);
  expect(page.body).not.toContain('Other');
  expect(await statusOf('a.1')).toBe('FIRING');
  expect((await open('POST', link)).body).toContain('ana looks after it');
  expect(await findAlert(world.ports.table, 'a.1')).toMatchObject({
    ...{ status: 'ACKNOWLEDGED', acknowledgedBy: 'ana', notes: [{ why: 'by link' }] },
  });
  expect(await statusOf('a.2')).toBe('FIRING');
  // Again, and by others, it changes nothing.
  expect((await open('POST', await linkFor('ben'))).status).toBe(200);
  expect((await findAlert(world.ports.table, 'a.1'))?.acknowledgedBy).toBe('ana');
});

test('a forged link and one for something else are refused', async () => {
  const link = await linkFor('ana');
  const token = new URL(link).searchParams.get('token') ?? '';
  const [claims = '', signature = ''] = token.split('.');
  const other = Buffer.from(JSON.stringify({ paging: 'plant.1.xyz', incident: 'x', to: 'eve', until: 9e15 }));
  for (const forged of [
    '',
    'x',
    claims,
    `${claims}.${'A'.repeat(43)}`,
    `${other.toString('base64url')}.${signature}`,
  ]) {
    const page = await open('POST', `https://x.org/v1/alerts/answer?token=${forged}`);
    expect(page.status).toBe(404);
  }
  expect([await statusOf('a.1'), await statusOf('a.2')]).toEqual(['FIRING', 'FIRING']);
});

test('a link of what is over, or of a week ago, does nothing any more', async () => {
  const link = await linkFor('ana');
  await world.clock.advance(8 * 86_400_000);
  expect((await open('POST', link)).status).toBe(410);
  const fresh = await linkFor('ana');
  await putPaging(world.ports.table, { ...PAGING, status: 'CLOSED', revision: 2 });
  expect((await open('POST', fresh)).status).toBe(410);
  expect(await statusOf('a.1')).toBe('FIRING');
});

test('no link is made where nobody knows where people reach the API', async () => {
  const links = { secret: async () => 's', baseUrl: async () => undefined };
  expect(await makeAlertLink({ ...world.ports, links }, PART, 'ana')).toBeUndefined();
});
