import { formatDuration } from '#core/duration.ts';
import { bytesWords } from '../../executions/print-words.ts';
import { type Quantiles, quantilesOf, type Rates, ratesOf, stretches } from '../picture.ts';
import { type Connection, KEPT, type TopState } from '../top-state.ts';
import type { Ui } from '../ui.ts';
import { ageText, type Cell, rateText, rowLine, sparkline } from './row-line.ts';
import type { Style } from './style.ts';

const LABEL_WIDTH = 12;
const NUMBER_WIDTH = 8;

/** The first lines: the server, how events come in, and how much happens. Where there are few lines, in two. */
export function headerLines(state: TopState, ui: Ui, style: Style & { readonly lines: number }): string[] {
  const rates = style.lines < HEADER_LINES ? [shortLine(state, style)] : rateLines(state, style);
  return [serverLine(state, ui, style), ...rates].slice(0, style.lines);
}

function shortLine(state: TopState, { paint, columns, now }: Style): string {
  const { started, ended, failed } = ratesOf(state, now);
  const { p95Ms } = quantilesOf(state.executionTimes, now);
  const rates = `${rateText(started)} started  ${rateText(ended)} ended  ${rateText(failed)} failed/s`;
  const text = `${rates}${p95Ms === undefined ? '' : `  p95 ${shortTime(p95Ms)}`}`;
  return (failed > 0 ? paint.red : paint.dim)(rowLine([{ text }], columns));
}

/** So many lines tell all. */
export const HEADER_LINES = 7;

function serverLine(state: TopState, { isPaused }: Ui, { paint, columns, now }: Style): string {
  const { events } = ratesOf(state, now);
  const connection = connectionCell(state.connection, style(paint), now);
  const lag = state.lagMs === undefined ? '' : `lag ${formatDuration(state.lagMs)}`;
  const clock = new Date(now).toISOString().slice(11, 19);
  const cells: readonly Cell[] = [
    { text: state.url.replace(/^https?:\/\//, ''), paint: paint.bold },
    isPaused ? { text: '‖ picture paused', width: 16, paint: paint.yellow } : connection,
    { text: `${rateText(events)} events/s`, width: 14, align: 'right' },
    { text: state.gaps > 0 ? `${state.gaps}x missing` : lag, width: 12, align: 'right' },
    { text: clock, width: 8, paint: paint.dim },
  ];
  return rowLine(cells, columns);
}

function style(paint: Style['paint']) {
  return { good: paint.green, bad: paint.red, dim: paint.dim };
}

function connectionCell(
  connection: Connection,
  { good, bad, dim }: ReturnType<typeof style>,
  now: number,
): Cell {
  switch (connection.kind) {
    case 'live':
      return { text: '● live', width: 16, paint: good };
    case 'polling':
      return { text: '● asks each 1 s', width: 16, paint: good };
    case 'asked':
      return { text: '● asked once', width: 16, paint: dim };
    case 'lost':
      return { text: `○ lost ${ageText(now - connection.since)} ago`, width: 16, paint: bad };
  }
}

function rateLines(state: TopState, style: Style): string[] {
  const { paint, columns, now } = style;
  const rates = ratesOf(state, now);
  const titles = rowLine(
    [
      { text: '', width: LABEL_WIDTH },
      { text: 'a second', width: NUMBER_WIDTH, align: 'right' },
      { text: `last ${formatSpan(barsOf(columns))}` },
      { text: 'p50', width: NUMBER_WIDTH, align: 'right' },
      { text: 'p95', width: NUMBER_WIDTH, align: 'right' },
    ],
    columns,
  );
  const executions = quantilesOf(state.executionTimes, now);
  const line = (label: string, of: keyof Rates, times?: Quantiles): string =>
    rateLine(state, style, { label, of, rate: rates[of], times });
  return [
    paint.dim(titles),
    line('started', 'started'),
    line('ended', 'ended', executions),
    line('failed', 'failed'),
    line('commands', 'commands', quantilesOf(state.commandTimes, now)),
    standing(state, style),
  ];
}

interface RateLine {
  readonly label: string;
  readonly of: keyof Rates;
  readonly rate: number;
  readonly times: Quantiles | undefined;
}

function rateLine(
  state: TopState,
  { paint, columns, now }: Style,
  { label, of, rate, times = { count: 0 } }: RateLine,
): string {
  const values = stretches(state, of, { now, ...barsOf(columns) });
  const colour = of === 'failed' && rate > 0 ? paint.red : (text: string) => text;
  const cells: readonly Cell[] = [
    { text: label, width: LABEL_WIDTH },
    { text: rateText(rate), width: NUMBER_WIDTH, align: 'right', paint: colour },
    { text: sparkline(values), paint: of === 'failed' ? paint.red : paint.cyan },
    { text: shortTime(times.p50Ms), width: NUMBER_WIDTH, align: 'right' },
    { text: shortTime(times.p95Ms), width: NUMBER_WIDTH, align: 'right' },
  ];
  return rowLine(cells, columns);
}

/** Bars, and the seconds of each: as far back as is counted, one for every few columns that there are. */
interface Bars {
  readonly columns: number;
  readonly each: number;
}

function barsOf(columns: number): Bars {
  const room = Math.max(1, columns - LABEL_WIDTH - 3 * NUMBER_WIDTH - 4 * 2);
  const each = Math.max(LEAST_SECONDS, Math.ceil(KEPT.seconds / room));
  // The stretch that has begun is not shown, but counted.
  return { each, columns: Math.min(room, Math.floor(KEPT.seconds / each) - 1) };
}

/** A bar of less would be nothing but noise. */
const LEAST_SECONDS = 2;

function formatSpan({ columns, each }: Bars): string {
  const seconds = columns * each;
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function shortTime(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < 60_000 ? formatDuration(ms) : ageText(ms);
}

/** What the server says of itself. */
function standing({ gauges, running, isRunningCut }: TopState, { paint, columns }: Style): string {
  const { queued = 0, cpuShare, memoryBytes, storeBytes, loopLagMs } = gauges;
  const words = [
    `${(gauges.running ?? running.size).toLocaleString('en')}${isRunningCut && gauges.running === undefined ? '+' : ''} running`,
    ...(queued === 0 ? [] : [`${queued.toLocaleString('en')} queued`]),
    ...(cpuShare === undefined ? [] : [`CPU ${Math.round(cpuShare * 100)} %`]),
    ...(memoryBytes === undefined ? [] : [`memory ${bytesWords(memoryBytes)}`]),
    ...(storeBytes === undefined ? [] : [`store ${bytesWords(storeBytes)}`]),
    ...(loopLagMs === undefined ? [] : [`loop ${formatDuration(loopLagMs)}`]),
  ];
  return paint.dim(rowLine([{ text: words.join('   ') }], columns));
}
