import { lastTime, nextTime } from '#core/cron.ts';
import { reasonOf } from '#core/reason-of.ts';
import type { Notifier } from '#notifications/notifier.ts';
import type { ReportLimits } from '../evaluate/limits.ts';
import { REPORT_LIMITS } from '../evaluate/limits.ts';
import type { ReportNotice } from '../evaluate/report-result.ts';
import { timezoneOf } from '../evaluate/report-result.ts';
import { findMade, keepReport, type MadeReport, madeId, putMade } from '../made/made-report.ts';
import type { ReportFiles } from '../made/report-files.ts';
import { type MakePorts, makeReport, periodUpTo } from '../make-report.ts';
import { durationWords, momentWords } from '../render/words.ts';
import { dueReports, findReport, type PublishedReport, writeReport } from '../store/report-store.ts';
import { tellRecipients } from './tell-recipients.ts';

/** What making reports by schedule takes. */
export interface DuePorts extends MakePorts {
  readonly files: ReportFiles;
  readonly notifier: Notifier;
  /** Told of what went wrong while a report was made; it is tried again. */
  onDefect(error: unknown): void;
}

/** Nobody waits for an answer here. */
const SCHEDULED_LIMITS: ReportLimits = { ...REPORT_LIMITS, readMs: 60_000 };
/** So many reports are made in one go; the others have their turn in the next. */
const MOST_AT_ONCE = 20;
/** Made so much later than it was due, it says so. */
const LATE_MS = 5 * 60_000;
/** After how many minutes it is tried again, time after time; then it is given up until its schedule comes again. */
const RETRY_MINUTES = [1, 5, 15, 30] as const;
const MINUTE_MS = 60_000;

/** Makes the reports that are due, each once for each time that its schedule comes; gives what was made. */
export async function makeDueReports(ports: DuePorts): Promise<readonly MadeReport[]> {
  const now = Math.floor(ports.clock.now());
  const made: MadeReport[] = [];
  for (const name of await dueReports(ports.table, now, MOST_AT_ONCE)) {
    // The index lags: what was made meanwhile is not due any more.
    const report = await findReport(ports.table, name);
    if (report?.dueAt === undefined || (report.retryAt ?? report.dueAt) > now) continue;
    try {
      made.push(await makeDue(ports, report, now));
    } catch (error) {
      ports.onDefect(error);
      await putOff(ports, report, error);
    }
  }
  return made;
}

/**
 * What was kept and told stays so: whoever breaks off is followed by one that finds it on record, tells again under the same id, and moves
 * on. Of several times that were missed, the last is made.
 */
async function makeDue(ports: DuePorts, report: PublishedReport, now: number): Promise<MadeReport> {
  const { file } = report;
  const { last, notices } = dueTime(report, now);
  const id = madeId(last);
  const known = await findMade(ports.table, report.name, id);
  await tellEarlier(ports, report, last);
  const made = known ?? (await makeNow(ports, report, { id, dueAt: last, notices }));
  await tellRecipients(ports.notifier, file, made);
  await moveOn(ports, report, now);
  return made;
}

/** Who made what was due first may have ended before anybody was told of it. */
async function tellEarlier(
  ports: DuePorts,
  { name, file, dueAt = 0 }: PublishedReport,
  last: number,
): Promise<void> {
  const earlier = dueAt === last ? undefined : await findMade(ports.table, name, madeId(dueAt));
  if (earlier !== undefined) await tellRecipients(ports.notifier, file, earlier);
}

async function makeNow(
  ports: DuePorts,
  { file }: PublishedReport,
  {
    id,
    dueAt,
    notices,
  }: { readonly id: string; readonly dueAt: number; readonly notices: readonly ReportNotice[] },
): Promise<MadeReport> {
  const period = periodUpTo(file, dueAt);
  const result = await makeReport(ports, file, { period, notices, limits: SCHEDULED_LIMITS });
  return keepReport(ports, result, { id, formats: file.formats ?? ['html'], dueAt });
}

/** The time for which it is made, and what there is to say of that. */
function dueTime(
  { file, dueAt = 0 }: PublishedReport,
  now: number,
): { readonly last: number; readonly notices: readonly ReportNotice[] } {
  if (file.schedule === undefined) return { last: dueAt, notices: [] };
  const { last, before } = lastTime(file.schedule, dueAt, now);
  const late: readonly ReportNotice[] =
    now - last < LATE_MS
      ? []
      : [
          {
            kind: 'late',
            message: `It was due on ${momentWords(last, timezoneOf(file))}, and was made ${durationWords(now - last)} late.`,
          },
        ];
  const missed: readonly ReportNotice[] =
    before === 0
      ? []
      : [
          {
            kind: 'missed',
            message: `Its schedule came ${before} times before, while nothing could be made.`,
          },
        ];
  return { last, notices: [...late, ...missed] };
}

async function moveOn({ table }: DuePorts, report: PublishedReport, now: number): Promise<void> {
  const { dueAt: _due, tries: _tries, retryAt: _retry, ...rest } = report;
  const dueAt = report.file.schedule && nextTime(report.file.schedule, now);
  const next = { ...rest, revision: report.revision + 1, ...(dueAt === undefined ? {} : { dueAt }) };
  // Who publishes it in this moment says himself when it is due: what is on record is found then.
  await writeReport(table, next, report);
}

/** Tries it again later, and gives it up at last, on record. */
async function putOff(ports: DuePorts, report: PublishedReport, error: unknown): Promise<void> {
  const { table, clock } = ports;
  const now = Math.floor(clock.now());
  const { tries = 0, file, name } = report;
  const minutes = RETRY_MINUTES[tries];
  if (minutes !== undefined) {
    const retryAt = now + minutes * MINUTE_MS;
    await writeReport(table, { ...report, tries: tries + 1, retryAt, revision: report.revision + 1 }, report);
    return;
  }
  const { last } = dueTime(report, now);
  const period = periodUpTo(file, last);
  const made = await putMade(table, {
    ...{ report: name, id: madeId(last), title: file.title ?? name, timezone: timezoneOf(file), madeAt: now },
    ...{ from: period.from, to: period.to, by: 'schedule', dueAt: last, formats: [], rows: 0, counted: 0 },
    ...{ totals: [], notices: [], error: reasonOf(error) },
  });
  await moveOn(ports, report, now);
  await tellRecipients(ports.notifier, file, made).catch(ports.onDefect);
}
