import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { ReportFileSchema } from '#definition/report/report.ts';
import { Source } from '#definition/source.ts';
import type { Notification } from '#notifications/notifier.ts';
import { listMade } from '#reports/made/made-report.ts';
import type { ReportFileName, ReportFiles } from '#reports/made/report-files.ts';
import type { ReportFormat } from '#reports/render/formats.ts';
import { type DuePorts, makeDueReports } from '#reports/schedule/make-due.ts';
import { startReportTimer } from '#reports/schedule/report-timer.ts';
import { deleteReport, findReport, publishReport } from '#reports/store/report-store.ts';
import { MemoryTable } from '#support/memory-table.ts';

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
  async put({ report, made, format }: ReportFileName, text: string): Promise<void> {
    if (this.isFull) throw new Error('no room');
    this.kept.set(`${report}/${made}.${format satisfies ReportFormat}`, text);
  }
  async get(): Promise<undefined> {
    return undefined;
  }
  async dropBefore(time: number): Promise<void> {
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
  const quiet = async () => {
    for (let turn = 0; turn < 40; turn++) await setImmediate();
  };
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
