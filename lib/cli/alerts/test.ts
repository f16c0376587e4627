import { readFileSync } from 'node:fs';
import { StepwrightError } from '#core/error.ts';
import { loadProject } from '#definition/load.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import { type Replay, replayAlerts } from '#monitoring/alerts/replay.ts';
import { examineProject } from '../examine-project.ts';
import { countWords, secondOf } from '../executions/print-words.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { type Paint, printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { alertTextsIn, noAlerts } from './load-alerts.ts';
import { paintSeverity, valuesWords } from './print-alerts.ts';
import { readEvents } from './read-events.ts';

/** What `stepwright alerts test` was called with. */
export interface TestAlertsArguments {
  readonly file: string;
  readonly events: string;
  /** In ms. */
  readonly after: number;
  /** Alerts that have to fire; true: none may. */
  readonly fires?: readonly string[] | true;
}

/**
 * `stepwright alerts test`: replays events through the rules of a file in virtual time. Nothing is sent. Exit code 1 where other alerts
 * fire than should. Throws SW1007, SW3091.
 */
export async function testAlertsCommand(args: TestAlertsArguments, terminal: Terminal): Promise<ExitCode> {
  const files = loadProject(args.file);
  refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
  const [first] = alertTextsIn(files.documents);
  if (first === undefined) throw noAlerts(args.file);
  const events = readEvents(textOf(args.events), args.events);
  const replay = await replayAlerts(first.file, events, { afterMs: args.after });
  const fired = [...new Set(lines(replay).flatMap((line) => (line.what === 'fires' ? [line.alert] : [])))];
  const wrong = args.fires === undefined ? [] : differences(fired, args.fires === true ? [] : args.fires);
  const known = first.file.rules.map(({ id }) => id);
  const misspelt = (args.fires === true ? [] : (args.fires ?? [])).filter((name) => !known.includes(name));
  if (misspelt.length > 0) throw noSuchAlert(misspelt[0] ?? '', known);
  if (terminal.json) printJson(terminal, { ...documentOf(replay, events.length), fired, wrong });
  else tell(replay, { events: events.length, wrong }, terminal);
  return wrong.length > 0 ? 1 : 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StepwrightError(
      {
        ...{ code: 'SW3091', kind: 'invalid', message: `the events in ${file} cannot be read: ${reason}` },
        hint: 'name a file that "stepwright events --json" has written',
      },
      { cause },
    );
  }
}

function noSuchAlert(name: string, known: readonly string[]): StepwrightError {
  return new StepwrightError({
    code: 'SW3091',
    kind: 'invalid',
    message: `there is no alert "${name}" in this file`,
    hint: `it has ${known.join(', ')}`,
  });
}

function differences(fired: readonly string[], wanted: readonly string[]): readonly string[] {
  return [
    ...wanted.filter((alert) => !fired.includes(alert)).map((alert) => `${alert} does not fire`),
    ...fired.filter((alert) => !wanted.includes(alert)).map((alert) => `${alert} fires`),
  ];
}

interface Line {
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
  readonly severity: string;
  readonly alert: string;
  readonly text: string;
}

const WHAT = { FIRING: 'fires', RESOLVED: 'is over', PENDING: '', ACKNOWLEDGED: '' } as const;

const TOLD = {
  firing: 'told',
  repeated: 'told again',
  escalated: 'escalated',
  acknowledged: 'told of answer',
  resolved: 'told of end',
} as const satisfies Record<Page['kind'], string>;

/** What happened, in order: alerts first, then who is told of them. */
function lines({ alerts, pages }: Replay): readonly Line[] {
  const steps = alerts
    .filter(({ alert: { status, firedAt } }) => WHAT[status] !== '' && firedAt !== undefined)
    .map(({ at, alert: { status, severity, alert, by } }) => {
      return { at, what: WHAT[status], severity, alert, text: valuesWords(by) };
    });
  const told = pages.map(({ at, kind, severity, to, count, alerts: subjects }) => {
    const alert = [...new Set(subjects.map((subject) => subject.alert))].join(', ');
    const text = `→ ${to.join(', ')}: ${countWords(count, 'alert')}`;
    return { at, what: TOLD[kind], severity, alert, text };
  });
  return [...steps, ...told]
    .sort((one, other) => one.at - other.at)
    .map((line) => ({ ...line, at: new Date(line.at).toISOString() }));
}

function documentOf(replay: Replay, events: number) {
  const { from, to, pages } = replay;
  return {
    ...{ events, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    happened: lines(replay),
    pages: pages.map((page) => ({ ...page, at: new Date(page.at).toISOString() })),
  };
}

function tell(
  replay: Replay,
  { events, wrong }: { readonly events: number; readonly wrong: readonly string[] },
  terminal: Terminal,
): void {
  const { paint } = terminal;
  const [from, to] = [replay.from, replay.to].map((at) => secondOf(new Date(at).toISOString()));
  terminal.print(`${countWords(events, 'event')} from ${from} to ${to} UTC`);
  const happened = lines(replay);
  if (happened.length === 0) terminal.print('no alert fires');
  else terminal.print(tableLines(happened, columnsOf(paint), tableStyle(terminal)).join('\n'));
  terminal.print(`${countWords(replay.pages.length, 'page')}`);
  for (const fault of wrong) terminal.print(paint.red(`FAIL ${fault}`));
}

function columnsOf(paint: Paint): readonly Column<Line>[] {
  return [
    { title: 'WHEN', text: ({ at }) => secondOf(at).slice(5) },
    { title: 'WHAT', text: ({ what }) => what },
    {
      title: 'ALERT',
      text: ({ alert }) => alert,
      paint: (cell, { severity }) => paintSeverity(severity, paint)(cell),
    },
    { title: 'OF, OR TO', text: ({ text }) => text },
  ];
}
