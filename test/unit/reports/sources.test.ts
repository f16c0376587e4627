import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { REPORT_SOURCES, type ReportSourceName } from '#definition/report/fields.ts';
import { issueByHand } from '#devices/issue-by-hand.ts';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import { putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { makeReport } from '#reports/make-report.ts';
import { READ_SOURCE } from '#reports/sources/read-source.ts';
import type { SourceQuery } from '#reports/sources/source-ports.ts';
import { type LoggedWorld, loggedWorld, wavePolicy } from '#support/logged-world.ts';
import { reportFile } from '#support/reports.ts';
import type { World } from '#support/world.ts';

const DAY_MS = 86_400_000;
let logged: LoggedWorld;
let world: World;
let start: number;
beforeEach(async () => {
  logged = await loggedWorld(50);
  world = logged.world;
  start = world.clock.now();
  await logged.publish(wavePolicy('1.0.0'));
});
afterEach(() => world[Symbol.dispose]());

async function advanceTo(time: number): Promise<void> {
  await world.clock.advance(time - world.clock.now());
}

async function read(
  source: ReportSourceName,
  {
    filters = {},
    from = start - 1,
    to = start + 10 * DAY_MS,
  }: Partial<SourceQuery['period'] & SourceQuery> = {},
): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const record of READ_SOURCE[source](world.ports, { period: { from, to }, filters }))
    records.push(record);
  const known = Object.keys(REPORT_SOURCES[source].fields);
  for (const record of records) expect(known).toEqual(expect.arrayContaining(Object.keys(record)));
  return records;
}

test('executions are those that started in the period, whatever day that was', async () => {
  await logged.runAll([{ devices: 9 }]);
  await advanceTo(start + DAY_MS + 3_600_000);
  await logged.runAll([{ devices: 3 }, { devices: 12 }]);
  const all = await read('executions');
  expect(all.map(({ status }) => status)).toEqual(['SUCCEEDED', 'FAILED', 'SUCCEEDED']);
  expect(all[0]).toMatchObject({
    workflow: 'tested',
    version: '1.0.0',
    redrives: 0,
    isPaused: false,
    input: { devices: 9 },
  });
  expect(all[1]).toMatchObject({
    error: 'Device.Failed',
    startedAt: new Date(start + DAY_MS + 3_600_000).toISOString(),
  });
  expect(await read('executions', { from: start + DAY_MS })).toHaveLength(2);
  expect(await read('executions', { from: start + DAY_MS + 3_700_000 })).toHaveLength(0);
  expect(await read('executions', { from: start + 1, to: start + DAY_MS + 3_600_000 })).toHaveLength(0);
  expect(await read('executions', { to: start + DAY_MS })).toHaveLength(1);
  expect(await read('executions', { filters: { workflow: ['other'] } })).toHaveLength(0);
});

test('steps are told by the history of each execution', async () => {
  await logged.runAll([{ devices: 9 }, { devices: 3 }]);
  const steps = await read('steps', { filters: { workflow: 'tested', status: 'FAILED' } });
  expect(steps.map(({ id, status }) => `${String(id)} ${String(status)}`)).toEqual([
    ...['policy SUCCEEDED', 'flash SUCCEEDED', 'policy SUCCEEDED', 'flash FAILED'],
  ]);
  expect(await read('steps', { filters: { status: 'FAILED' } })).toHaveLength(4);
  expect(steps[3]).toMatchObject({
    error: 'Device.Failed',
    device: 'pump-1',
    workflow: 'tested',
    isCached: false,
  });
});

test('commands are those of executions, and those by hand by when they were sent', async () => {
  await logged.runAll([{ devices: 9 }]);
  await advanceTo(start + 2 * DAY_MS + 5);
  const byHand = {
    device: 'pump-1',
    command: 'blink',
    with: {},
    timeoutSeconds: 5,
    expiresSeconds: 0,
    priority: 0,
  };
  await issueByHand(world.ports, byHand);
  await world.quiet();
  const names = async (query = {}) =>
    (await read('commands', query)).map(({ command, isByHand }) => `${String(command)} ${String(isByHand)}`);
  expect(await names()).toEqual(['flash false', 'blink true']);
  expect(await names({ from: start + 2 * DAY_MS })).toEqual(['blink true']);
  expect(await names({ to: start + 2 * DAY_MS + 5 })).toEqual(['flash false']);
  expect(await names({ filters: { workflow: 'tested' } })).toEqual(['flash false']);
  const [flash] = await read('commands');
  expect(flash).toMatchObject({
    workflow: 'tested',
    version: '1.0.0',
    step: 'flash',
    isUndo: false,
    status: 'SUCCEEDED',
  });
});

test('devices are all that there are', async () => {
  expect(await read('devices', { from: start - DAY_MS, to: start - 1 })).toMatchObject([
    { id: 'pump-1', status: 'online', tags: {} },
  ]);
});

test('decisions are those of all names, or of those that are wanted', async () => {
  await logged.runAll([{ devices: 9 }, { devices: 3 }]);
  const made = await read('decisions');
  expect(made.map(({ outcome, isSuccess }) => [outcome, isSuccess])).toEqual([
    ['SUCCEEDED', true],
    ['FAILED', false],
  ]);
  expect(await read('decisions', { filters: { decision: 'wave-policy' } })).toHaveLength(2);
  expect(await read('decisions', { filters: { decision: ['other'] } })).toHaveLength(0);
});

test('however many decisions there are, those of all are read', async () => {
  for (let number = 0; number < 110; number++)
    await logged.publish(wavePolicy('1.0.0').replace('wave-policy', `another-${number}`));
  await logged.runAll([{ devices: 9 }]);
  expect(await read('decisions')).toHaveLength(1);
});

test('alerts are those that have fired and were found in the period, over or not', async () => {
  const alert = (id: string, fields: Partial<AlertRecord>): AlertRecord => ({
    ...{
      id,
      group: 'plant',
      alert: 'slow',
      title: 'Slow',
      severity: 'warning',
      by: { device: 'p1' },
      notes: [],
    },
    ...{ status: 'FIRING', since: start, foundAt: start, firedAt: start + 5, pagings: [], revision: 0 },
    ...{ devices: ['p1'], deviceCount: 1, executions: [] },
    ...fields,
  });
  const { table } = world.ports;
  await putAlert(table, alert('open', {}));
  await putAlert(
    table,
    alert('over', { status: 'RESOLVED', acknowledgedAt: start + 10, resolvedAt: start + 3 * DAY_MS }),
  );
  await putAlert(table, alert('later', { foundAt: start + 5 * DAY_MS }));
  const { firedAt: _none, ...pending } = alert('pending', { status: 'PENDING' });
  await putAlert(table, pending);
  const found = await read('alerts', { to: start + DAY_MS });
  expect(found.map(({ id }) => id)).toEqual(['over', 'open']);
  expect(found[0]).toMatchObject({ durationMs: 3 * DAY_MS - 5, answerMs: 5, by: { device: 'p1' } });
});

test('so many records are read, and for so long, and what was left out is told', async () => {
  await logged.runAll([{ devices: 9 }, { devices: 3 }, { devices: 12 }]);
  const file = reportFile({ measures: { runs: 'count' } });
  const period = { from: start, to: start + DAY_MS };
  const limits = { records: 2, groups: 9, distinct: 9, readMs: 1_000 };
  const cut = await makeReport(world.ports, file, { period, limits });
  expect([cut.rows, cut.notices]).toEqual([
    [[2]],
    [{ kind: 'records', message: 'there are more than 2 records: the rest was not read' }],
  ]);
  const late = await makeReport(world.ports, file, { period, limits: { ...limits, records: 9, readMs: -1 } });
  expect(late.notices[0]).toMatchObject({ kind: 'time' });
});
