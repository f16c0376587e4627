import { afterEach, beforeEach, expect, test } from 'vitest';
import { toAlertHistoryDocument } from '#api/alert-history-documents.ts';
import { createApi } from '#api/api.ts';
import { historyLines } from '#cli/alerts/print-history.ts';
import { withFailedDevices } from '#monitoring/alerts/failed-devices.ts';
import { alertHistory } from '#monitoring/alerts/history/alert-history.ts';
import { recordingPager } from '#monitoring/alerts/history/page-store.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import { putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { deliveryItem } from '#notifications/delivery.ts';
import { OBEDIENT, World } from '#support/world.ts';
import { alertFile } from '../../../support/alerts.ts';

const AT = Date.parse('2027-01-04T08:00:00Z');
const FILE = alertFile(`
rules: [{ id: failing, severity: critical, when: { rate: { of: execution.failed, above: 0, over: 1h } } }]
receivers: { ana: { email: a@x.org } }
escalations: { trouble: { levels: [{ to: [ana] }] } }
routes: [{ escalate: trouble }]`);

const ALERT: AlertRecord = {
  ...{ id: 'a.1', group: 'plant', alert: 'failing', title: 'It fails', severity: 'critical', by: {} },
  ...{ status: 'RESOLVED', since: AT, foundAt: AT, firedAt: AT + 1_000, resolvedAt: AT + 60_000 },
  ...{ pagings: ['plant.0.x'], revision: 0, devices: [], deviceCount: 0, executions: [] },
  notes: [{ at: AT + 30_000, by: 'ben', did: 'acknowledged', why: 'on it' }],
};

function page(number: number, at: number, fields: Partial<Page> = {}): Page {
  return {
    ...{ id: `plant.0.x.1.${number}`, kind: 'escalated', at, group: 'plant', to: ['ana'] },
    ...{ paging: 'plant.0.x', incident: 'plant.0.x.1', severity: 'critical', count: 1, alerts: [] },
    ...fields,
  };
}

let world: World;
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'd1' }, { id: 'd2' }] });
  await putAlert(world.ports.table, ALERT);
});
afterEach(() => world[Symbol.dispose]());

const told = recorded();
function recorded() {
  const pages: string[] = [];
  return { pages, pager: { page: async ({ id }: Page) => void pages.push(id) } };
}

async function tell(...pages: readonly Page[]): Promise<void> {
  const pager = recordingPager(world.ports, told.pager);
  for (const one of pages) await pager.page(one, FILE);
}

test('the history of an alert tells how it came and went, who was told, and who has said what', async () => {
  await tell(
    page(0, AT - 1),
    page(1, AT + 2_000, { kind: 'firing', level: 1, round: 1, begins: { escalation: 'trouble', at: AT } }),
    page(2, AT + 20_000, { level: 2, round: 2 }),
    page(3, AT + 61_000, { kind: 'resolved' }),
    page(4, AT + 9_000_000),
  );
  const delivery = {
    ...{ id: 'd', sentAt: AT, receiver: { email: 'a@x.org' }, fallbacks: [], tries: 2, dueAt: AT, until: AT },
    revision: 0,
  };
  const ofFirst = { ...delivery, notification: 'plant.0.x.1.1' };
  const error = { message: 'nobody is there', at: AT };
  for (const one of [
    { ...ofFirst, name: 'ana', status: 'FAILED', error, endedAt: AT } as const,
    { ...ofFirst, name: 'ben', status: 'DELIVERED', inPlaceOf: 'ana' } as const,
    { ...delivery, notification: 'plant.0.x.1.2', name: 'ana', status: 'PENDING' } as const,
    { ...delivery, notification: 'plant.0.x.1.3', name: 'ana', status: 'CANCELLED' } as const,
  ])
    await world.ports.table.put(deliveryItem(one));
  const history = await alertHistory(world.ports.table, ALERT);
  expect(history.entries.map(({ at, what }) => `${(at - AT) / 1_000} ${what}`)).toEqual([
    ...['0 found', '1 fired', '2 paged', '20 paged', '30 said', '60 well', '61 paged'],
  ]);
  const lines = historyLines(toAlertHistoryDocument(history), { columns: 200 });
  expect(lines.map((line) => line.slice(23))).toEqual([
    'found, and had to last',
    'fired',
    expect.stringMatching(
      /^told, level 1: ana, not reached: nobody is there; ben in the place of ana; execution plant-\S+ goes on from here$/,
    ),
    'escalated, level 2 of round 2: ana, on its way (2 attempts)',
    'acknowledged by ben: on it',
    'was well again',
    'told of the end: ana, needless by then',
  ]);
});

test('of many pages the newest hundred are told, and what is older is said to be missing', async () => {
  await tell(...Array.from({ length: 102 }, (_, n) => page(n, AT + 2_000 + n)));
  const history = await alertHistory(world.ports.table, ALERT);
  expect([history.entries.filter(({ what }) => what === 'paged').length, history.more]).toEqual([100, true]);
  const [first = ''] = historyLines(toAlertHistoryDocument(history), { columns: 80 });
  expect(first).toContain('there were pages before these');
  expect(historyLines(toAlertHistoryDocument(history), { columns: 80 })[3]).toContain('nobody who listens');
});

test('an alert that never fired has told nobody', async () => {
  const { firedAt: _, resolvedAt: __, ...pending } = ALERT;
  const history = await alertHistory(world.ports.table, { ...pending, status: 'PENDING', notes: [] });
  expect(history).toEqual({ entries: [{ at: AT, what: 'found' }], more: false });
});

test('an alert of executions is told with the devices on which those have failed', async () => {
  world.behave = (device, message) =>
    device === 'd2' ? { status: 'FAILED', error: 'Device.Broken', cause: 'x' } : OBEDIENT(device, message);
  const { id } = await world.run(
    'steps: [{ id: one, command: go, device: d1 }, { id: two, command: go, device: d2 }]',
  );
  const alert = { ...ALERT, id: 'a.2', executions: [id, 'none'] };
  await putAlert(world.ports.table, alert);
  const api = createApi({ ports: world.ports, version: '1' });
  const answer = await api({ method: 'GET', path: '/v1/alerts/a.2', query: {}, headers: {} });
  expect(JSON.parse(answer.body)).toMatchObject({ devices: ['d2'], deviceCount: 1 });
  const known = { ...alert, devices: ['d7'], deviceCount: 1 };
  expect(await withFailedDevices(world.ports.table, known)).toBe(known);
});
