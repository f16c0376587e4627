import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from '#api/api.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import { putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

function alert(n: number, fields: Partial<AlertRecord> = {}): AlertRecord {
  return {
    ...{
      id: `plant.slow.0000000${n}.k${n}`,
      group: 'plant',
      alert: 'slow',
      title: 'Slow',
      severity: 'warning',
    },
    ...{ by: { workflow: `w${n}` }, status: 'FIRING', since: n, foundAt: n, firedAt: n, value: 9, notes: [] },
    ...{ devices: ['p1'], deviceCount: 1, executions: ['e1'], pagings: [], revision: 0 },
    ...{ lastGood: { execution: 'e0', at: 0 } },
    ...fields,
  };
}

const idsOf = async (query: string): Promise<readonly string[]> => {
  const { document } = await api.good('GET', `/v1/alerts${query}`);
  return z
    .object({ alerts: z.array(z.object({ id: z.string() })) })
    .parse(document)
    .alerts.map(({ id }) => id);
};

test('alerts are listed by state and severity, page by page, the newest first', async () => {
  const { table } = world.ports;
  const all = [
    alert(1),
    alert(2, { severity: 'critical' }),
    alert(3, { status: 'PENDING' }),
    alert(4, { status: 'RESOLVED', resolvedAt: 9 }),
    alert(5, { status: 'RESOLVED', resolvedAt: 10, held: true }),
  ];
  for (const one of all) expect(await putAlert(table, one)).toBeUndefined();
  const [first, second, third, fourth, fifth] = all.map(({ id }) => id);
  expect(await idsOf('')).toEqual([third, second, first]);
  expect(await idsOf('?state=firing')).toEqual([second, first]);
  expect(await idsOf('?severity=critical')).toEqual([second]);
  // One that somebody has resolved while it goes on is over for people.
  expect(await idsOf('?state=resolved')).toEqual([fifth, fourth]);
  const page = z.object({ alerts: z.array(z.unknown()), cursor: z.string() });
  const { alerts, cursor } = page.parse((await api.good('GET', '/v1/alerts?state=firing&limit=1')).document);
  expect(alerts).toHaveLength(1);
  expect(await idsOf(`?state=firing&limit=5&cursor=${encodeURIComponent(cursor)}`)).toEqual([first]);
  expect(await api.problem('GET', '/v1/alerts?state=odd')).toMatchObject({ code: 'SW4001' });
});

test('an alert is acknowledged and resolved by who says so, and not when it is over', async () => {
  const one = alert(1);
  await putAlert(world.ports.table, one);
  const path = `/v1/alerts/${one.id}`;
  expect((await api.good('GET', path)).document).toMatchObject({
    ...{ state: 'firing', firedAt: '1970-01-01T00:00:00.001Z', lastGood: { execution: 'e0' } },
  });
  const ana = json({ by: 'ana', reason: 'on it' });
  expect((await api.good('POST', `${path}/acknowledge`, ana)).document).toMatchObject({
    ...{
      state: 'acknowledged',
      acknowledgedBy: 'ana',
      notes: [{ by: 'ana', did: 'acknowledged', why: 'on it' }],
    },
  });
  await api.good('POST', `${path}/acknowledge`, json({ by: 'ben' }));
  expect((await api.good('POST', `${path}/resolve`, ana)).document).toMatchObject({
    ...{
      state: 'resolved',
      resolvedBy: 'ana',
      acknowledgedBy: 'ana',
      notes: [{}, { by: 'ben' }, { did: 'resolved' }],
    },
  });
  expect(await api.problem('POST', `${path}/resolve`, ana)).toMatchObject({ code: 'SW4212', status: 409 });
  expect(await api.problem('GET', '/v1/alerts/none')).toMatchObject({ code: 'SW4211', status: 404 });
});

test('silences are made of an alert or of a matcher, end in time, and are taken away once', async () => {
  const one = alert(1);
  await putAlert(world.ports.table, one);
  const made = await api.good('POST', `/v1/alerts/${one.id}/silence`, json({ by: 'ana', for: '2h' }));
  expect(made).toMatchObject({
    status: 201,
    document: { group: 'plant', match: { alert: ['slow'] }, by: { workflow: 'w1' }, createdBy: 'ana' },
  });
  const zone = { match: { zone: ['berlin'] }, for: '30m', reason: 'cleaning' };
  await api.good('POST', '/v1/silences', json(zone));
  for (const wrong of [
    { match: {}, reason: 'no end' },
    { match: {}, reason: 'too long', for: '100d' },
    { match: {}, reason: 'before it begins', until: '2020-01-01T00:00:00Z' },
  ])
    expect(await api.problem('POST', '/v1/silences', json(wrong))).toMatchObject({ code: 'SW4214' });
  const { document } = await api.good('GET', '/v1/silences');
  const { silences } = z.object({ silences: z.array(z.object({ id: z.string() })) }).parse(document);
  expect(silences).toHaveLength(2);
  await api.good('DELETE', `/v1/silences/${silences[0]?.id}`);
  expect(await api.problem('DELETE', `/v1/silences/${silences[0]?.id}`)).toMatchObject({ code: 'SW4213' });
});

test('groups of alerts are published whole or not at all, and taken away', async () => {
  const rules = 'rules: [{ id: late, severity: info, when: { absence: { of: step.ended, for: 1d } } }]';
  const text = `stepwright: 1\nalerts: plant\n${rules}\n`;
  expect((await api.good('PUT', '/v1/alert-groups/plant', { body: text })).document).toMatchObject({
    ...{ name: 'plant', rules: ['late'], source: text },
  });
  const broken = { body: text.replace('step.ended', 'step.eaten') };
  expect(await api.problem('PUT', '/v1/alert-groups/plant', broken)).toMatchObject({
    diagnostics: [{ code: 'SW1841' }],
  });
  expect(await api.problem('PUT', '/v1/alert-groups/other', { body: text })).toMatchObject({
    code: 'SW4001',
  });
  expect((await api.good('GET', '/v1/alert-groups')).document).toMatchObject({ groups: [{ name: 'plant' }] });
  await api.good('DELETE', '/v1/alert-groups/plant');
  expect(await api.problem('DELETE', '/v1/alert-groups/plant')).toMatchObject({ code: 'SW4215' });
});
