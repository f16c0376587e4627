import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { ReportFileSchema } from '#definition/report/report.ts';
import { Source } from '#definition/source.ts';
import type { Notification } from '#notifications/notifier.ts';
import { getMade, listMade, putMade } from '#reports/made/made-report.ts';
import type { ReportFileName, ReportFiles } from '#reports/made/report-files.ts';
import type { ReportFormat } from '#reports/render/formats.ts';
import { type DuePorts, makeDueReports } from '#reports/schedule/make-due.ts';
import { startReportTimer } from '#reports/schedule/report-timer.ts';
import {
  deleteReport,
  findReport,
  getReport,
  listReports,
  publishReport,
  writeReport,
} from '#reports/store/report-store.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { reportKeys } from '#table/report-keys.ts';
import type { Table } from '#table/table.ts';

const TEXT = `stepwright: 1
report: weekly
title: Rollouts of the week
source: devices
measures: { devices: count }
schedule: { cron: "0 7 * * mon", timezone: Europe/Berlin }
formats: [html, csv]
recipients: [{ email: ops@example.com }, { topic: releases }, { webhook: { url: "https://h.example" } }]
`;
const at = (text: string): number => Date.parse(text);
const THURSDAY = at('2026-11-26T12:00:00Z');
const MONDAY = at('2026-11-30T06:00:00Z');

class Files implements ReportFiles {
  readonly kept = new Map<string, string>();
  isFull = false;
  droppedBefore: number | undefined;
  /** Thrown in the place of an error, as a library may. */
  thrown: unknown;
  isStuck = false;
  async put({ report, made, format }: ReportFileName, text: string): Promise<void> {
    if (this.isFull) throw this.thrown ?? new Error('no room');
    this.kept.set(`${report}/${made}.${format satisfies ReportFormat}`, text);
  }
  async get(): Promise<undefined> {
    return undefined;
  }
  async dropBefore(time: number): Promise<void> {
    if (this.isStuck) throw new Error('the disk is gone');
    this.droppedBefore = time;
  }
}

let table: MemoryTable;
let clock: VirtualClock;
let files: Files;
let sent: Notification[];
let defects: unknown[];
let isSilent: boolean;
beforeEach(() => {
  [table, clock, files] = [new MemoryTable(), new VirtualClock(THURSDAY), new Files()];
  [sent, defects, isSilent] = [[], [], false];
});

function ports(): DuePorts {
  const engine = { history: fail, listChildren: fail, mostHistories: 1 };
  return {
    ...{ table, clock, files, engine, onDefect: (error) => defects.push(error) },
    notifier: {
      send: async (notification) => {
        if (isSilent) throw new Error('nobody to tell');
        sent.push(notification);
      },
    },
  };
}

async function advanceTo(time: number): Promise<void> {
  await clock.advance(time - clock.now());
}

async function fail(): Promise<never> {
  throw new Error('no history is read');
}

/** Lets all that waits for nothing come to its end. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await setImmediate();
}

function publish(text = TEXT) {
  const file = ReportFileSchema.parse(Source.parse('r.yaml', text).value);
  return publishReport({ table, clock }, { text, file });
}

const dueAt = async () => (await findReport(table, 'weekly'))?.dueAt;
const made = async () => (await listMade(table, 'weekly', {})).made;

test('it is made when it is due, kept in its formats, and its recipients are told once, with a link', async () => {
  await publish();
  expect(await makeDueReports(ports())).toEqual([]);
  await advanceTo(MONDAY);
  await makeDueReports(ports());
  await makeDueReports(ports());
  expect(await made()).toMatchObject([
    {
      id: '20261130T060000Z',
      by: 'schedule',
      dueAt: MONDAY,
      from: MONDAY - 7 * 86_400_000,
      to: MONDAY,
      notices: [],
    },
  ]);
  expect([...files.kept.keys()]).toEqual(['weekly/20261130T060000Z.html', 'weekly/20261130T060000Z.csv']);
  expect(sent.map(({ id, topic }) => `${topic} ${id}`)).toEqual([
    'releases report-weekly-20261130T060000Z-releases',
    'reports report-weekly-20261130T060000Z',
  ]);
  expect(sent[1]?.receivers?.map(([{ name }]) => name)).toEqual([
    'email:ops@example.com',
    'webhook:https://h.example',
  ]);
  expect(sent[1]).toMatchObject({
    subject: 'Rollouts of the week: 23 Nov 2026, 07:00 to 30 Nov 2026, 07:00 (Europe/Berlin)',
    message: { Devices: '0' },
    confidential: { kind: 'report-link', report: 'weekly', made: '20261130T060000Z' },
  });
  expect(await dueAt()).toBe(MONDAY + 7 * 86_400_000);
});

test('one that was missed is made once, late, of its own time, and says so', async () => {
  await publish();
  await advanceTo(at('2026-12-16T09:20:00Z'));
  await makeDueReports(ports());
  const [report, ...others] = await made();
  expect(others).toEqual([]);
  expect(report).toMatchObject({ id: '20261214T060000Z', to: at('2026-12-14T06:00:00Z') });
  expect(report?.notices).toEqual([
    'It was due on 14 Dec 2026, 07:00, and was made 2 d 3 h late.',
    'Its schedule came 2 times before, while nothing could be made.',
  ]);
  expect(await dueAt()).toBe(at('2026-12-21T06:00:00Z'));
});

test('a process that ends before it has told anybody is followed by one that tells, and makes nothing again', async () => {
  await publish();
  await advanceTo(MONDAY);
  isSilent = true;
  await makeDueReports(ports());
  expect(defects).toHaveLength(1);
  expect(await made()).toHaveLength(1);
  isSilent = false;
  files.kept.clear();
  await advanceTo(MONDAY + 60_000);
  await makeDueReports(ports());
  expect(files.kept.size).toBe(0);
  expect(sent).toHaveLength(2);
});

test('what was made and not told is told also where its schedule has come again meanwhile', async () => {
  await publish();
  await advanceTo(MONDAY);
  isSilent = true;
  await makeDueReports(ports());
  isSilent = false;
  await advanceTo(MONDAY + 8 * 86_400_000);
  await makeDueReports(ports());
  expect(sent.map(({ id }) => id).filter((id) => !id.endsWith('releases'))).toEqual([
    'report-weekly-20261130T060000Z',
    'report-weekly-20261207T060000Z',
  ]);
});

test('one that cannot be made is tried again, and given up in the end, which recipients are told', async () => {
  await publish();
  await advanceTo(MONDAY);
  files.isFull = true;
  for (const minutes of [0, 1, 5, 15, 30]) {
    await advanceTo(clock.now() + minutes * 60_000);
    await makeDueReports(ports());
    await makeDueReports(ports());
  }
  expect(defects).toHaveLength(5);
  expect(await made()).toMatchObject([{ id: '20261130T060000Z', formats: [], error: 'no room' }]);
  expect(sent[1]?.subject).toMatch(/^Rollouts of the week could not be made: /);
  expect(sent[1]).not.toHaveProperty('confidential');
  expect(await dueAt()).toBe(MONDAY + 7 * 86_400_000);
});

test('publishing it again keeps what is due, unless the schedule is another one', async () => {
  await publish();
  await advanceTo(MONDAY + 3_600_000);
  await publish(TEXT.replace('of the week', 'of last week'));
  expect(await dueAt()).toBe(MONDAY);
  await publish(TEXT.replace('0 7', '0 9'));
  expect(await dueAt()).toBe(at('2026-11-30T08:00:00Z'));
  await publish(TEXT.replace(/schedule.*\n/, ''));
  expect(await dueAt()).toBeUndefined();
  await deleteReport(table, 'weekly');
  await expect(deleteReport(table, 'weekly')).rejects.toMatchObject({ code: 'SW4221' });
  await expect(publish(`${TEXT}# ${'x'.repeat(400_000)}`)).rejects.toMatchObject({ code: 'SW4022' });
});

test('clocks that are changed change nothing for who reads the clock on the wall', async () => {
  await publish();
  await advanceTo(at('2027-03-22T06:00:00Z'));
  await makeDueReports(ports());
  expect(await dueAt()).toBe(at('2027-03-29T05:00:00Z'));
});

test('a timer looks at once and each minute, and drops old files once a day', async () => {
  await publish(TEXT.replace('0 7 * * mon', '* * * * *'));
  const timer = startReportTimer(ports());
  for (const minute of [0, 1, 2]) {
    await advanceTo(THURSDAY + minute * 60_000);
    await quiet();
  }
  expect((await made()).map(({ id }) => id)).toEqual(['20261126T120200Z', '20261126T120100Z']);
  expect(files.droppedBefore).toBe(THURSDAY - 90 * 86_400_000);
  timer.close();
  await advanceTo(THURSDAY + 10 * 60_000);
  await quiet();
  expect(await made()).toHaveLength(2);
});

test('one without a title is given up under its name, with what was thrown in its own words', async () => {
  await publish(TEXT.replace(/title.*\n/, ''));
  await advanceTo(MONDAY);
  [files.isFull, files.thrown] = [true, 'EIO'];
  for (const minutes of [0, 1, 5, 15, 30]) {
    await advanceTo(clock.now() + minutes * 60_000);
    await makeDueReports(ports());
  }
  expect(await made()).toMatchObject([{ title: 'weekly', error: 'EIO' }]);
});

test('one whose schedule was taken out while it was due is made that once', async () => {
  const published = await publish(TEXT.replace(/schedule.*\n/, ''));
  await writeReport(table, { ...published, dueAt: MONDAY, revision: 2 }, published);
  await advanceTo(MONDAY + 60 * 60_000);
  await makeDueReports(ports());
  await makeDueReports(ports());
  expect(await made()).toMatchObject([{ id: '20261130T060000Z', notices: [] }]);
  expect(await dueAt()).toBeUndefined();
});

test('of an index that lags, nothing is made twice, nor what was taken away', async () => {
  await publish();
  await publish(TEXT.replace('report: weekly', 'report: gone'));
  await advanceTo(MONDAY);
  const { items } = await table.query({ index: 'gsi2', partition: reportKeys.due });
  await makeDueReports(ports());
  await deleteReport(table, 'gone');
  const lagging = tableWith({ query: async () => ({ items }) });
  expect(await makeDueReports({ ...ports(), table: lagging })).toEqual([]);
  expect(files.kept.size).toBe(4);
});

test('what is not known is kept as not known', async () => {
  await publish(TEXT.replace('devices: count', 'silent: { mean: silentMs }'));
  await advanceTo(MONDAY);
  await makeDueReports(ports());
  expect(await made()).toMatchObject([{ totals: [{ name: 'silent', holds: 'duration', value: null }] }]);
  expect(sent[1]).toMatchObject({ message: { Silent: '–' } });
});

test('one whose recipients are topics alone is told to those alone, to each once', async () => {
  await publish(TEXT.replace(/recipients.*/, 'recipients: [{ topic: releases }, { topic: releases }]'));
  await advanceTo(MONDAY);
  await makeDueReports(ports());
  expect(sent.map(({ topic }) => topic)).toEqual(['releases']);
});

test('the same text again changes nothing; of two that publish at once, each is published, the later last', async () => {
  const first = await publish();
  await advanceTo(THURSDAY + 60_000);
  expect(await publish()).toEqual(first);
  const titles = ['of May', 'of June'];
  const both = await Promise.all(titles.map((title) => publish(TEXT.replace('of the week', title))));
  expect(both.map(({ revision }) => revision).toSorted()).toEqual([2, 3]);
  const last = both.find(({ revision }) => revision === 3);
  expect(await findReport(table, 'weekly')).toEqual(last);
});

test('a table that cannot be written is no report that somebody else has written', async () => {
  const broken = tableWith({ put: () => Promise.reject(new Error('throttled')) });
  const file = ReportFileSchema.parse(Source.parse('r.yaml', TEXT).value);
  await expect(publishReport({ table: broken, clock }, { text: TEXT, file })).rejects.toThrow('throttled');
  await publish();
  await advanceTo(MONDAY);
  await makeDueReports(ports());
  const [kept] = await made();
  if (kept === undefined) throw new Error('it was made');
  await expect(putMade(broken, { ...kept, id: 'other' })).rejects.toThrow('throttled');
});

test('reports, and what was made of one, are told page by page', async () => {
  for (const name of ['a', 'b', 'c']) await publish(TEXT.replace('report: weekly', `report: ${name}`));
  const page = await listReports(table, { limit: 2 });
  const next = page.cursor === undefined ? {} : { cursor: page.cursor };
  const rest = await listReports(table, { limit: 2, ...next });
  expect([page, rest].map(({ reports }) => reports.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
  expect(rest.cursor).toBeUndefined();
  for (const week of [0, 1, 2]) {
    await advanceTo(MONDAY + week * 7 * 86_400_000);
    await makeDueReports(ports());
  }
  const newest = await listMade(table, 'a', { limit: 2 });
  const after = newest.cursor === undefined ? {} : { cursor: newest.cursor };
  const oldest = await listMade(table, 'a', { limit: 2, ...after });
  expect([newest, oldest].map((some) => some.made.map(({ id }) => id))).toEqual([
    ['20261214T060000Z', '20261207T060000Z'],
    ['20261130T060000Z'],
  ]);
});

test('what is wrong with a report that is not there, or is too long, is told with what to do', async () => {
  const hints: readonly (readonly [Promise<unknown>, string, string, string])[] = [
    [
      getReport(table, 'x'),
      'SW4221',
      'there is no report "x"',
      'GET /v1/reports lists those that are published',
    ],
    [
      getMade(table, 'x', '1'),
      'SW4222',
      'nothing was made of report "x" under the id "1", or it is not kept any more',
      'GET /v1/reports/x/made lists what was made; it is kept for 90 days',
    ],
    [
      publish(`${TEXT}# ${'x'.repeat(400_000)}`),
      'SW4022',
      'the report "weekly" is longer than 380000 bytes',
      'make several reports of it',
    ],
  ];
  for (const [work, code, message, hint] of hints)
    await expect(work).rejects.toMatchObject({ code, message, hint });
});

test('a timer tells of a round that failed, goes on, and says nothing once it is closed', async () => {
  files.isStuck = true;
  const timer = startReportTimer(ports());
  await quiet();
  expect(defects).toEqual([new Error('the disk is gone')]);
  files.isStuck = false;
  await advanceTo(THURSDAY + 86_400_000);
  await quiet();
  expect(files.droppedBefore).toBe(THURSDAY - 89 * 86_400_000);
  files.isStuck = true;
  const closing = clock.advance(2 * 86_400_000);
  timer.close();
  await closing;
  await quiet();
  expect(defects).toHaveLength(1);
});

test('a timer that is closed while it works is quiet, whether that goes well or not', async () => {
  for (const isStuck of [true, false]) {
    files.isStuck = isStuck;
    startReportTimer(ports()).close();
    await quiet();
  }
  expect(defects).toEqual([]);
  await publish(TEXT.replace('0 7 * * mon', '* * * * *'));
  await advanceTo(THURSDAY + 120_000);
  await quiet();
  expect(await made()).toEqual([]);
});

/** The table with a call in the place of its own. */
function tableWith(calls: Partial<Table>): Table {
  return {
    get: (key) => table.get(key),
    query: (query) => table.query(query),
    put: (item, condition) => table.put(item, condition),
    update: (update) => table.update(update),
    delete: (key, condition) => table.delete(key, condition),
    transact: (writes) => table.transact(writes),
    putAll: (items) => table.putAll(items),
    ...calls,
  };
}
