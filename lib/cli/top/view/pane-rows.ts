import { formatDuration } from '#core/duration.ts';
import { paintSeverity, valuesWords } from '../../alerts/print-alerts.ts';
import { markOf } from '../../step-marks.ts';
import type { FleetPart } from '../picture.ts';
import type { PaneName, Rows } from '../rows.ts';
import type { Failed, Running, ShownAlert, ShownPool } from '../top-state.ts';
import { ageText, bar, type Cell } from './row-line.ts';
import type { Style } from './style.ts';

/** Cells of the rows of a part. */
export function cellsOf(pane: PaneName, rows: Rows, style: Style): readonly (readonly Cell[])[] {
  switch (pane) {
    case 'running':
      return rows.running.map((row) => runningCells(row, style));
    case 'failed':
      return rows.failed.map((row) => failedCells(row, style));
    case 'alerts':
      return rows.alerts.map((row) => alertCells(row, style));
    case 'fleet':
      return rows.fleet.map((row) => fleetCells(row, style));
    case 'pools':
      return rows.pools.map((row) => poolCells(row, style));
  }
}

/** A spinner turns this often, in ms. */
const TURN_MS = 250;
const BAR_WIDTH = 10;

function runningCells(running: Running, { paint, now, columns }: Style): readonly Cell[] {
  const {
    id,
    workflow,
    version,
    status,
    startedAt,
    pausedAt,
    doing = '',
    troubles,
    error,
    progress,
  } = running;
  const mark = markOf(status, paint, Math.floor(now / TURN_MS));
  const { done, total } = progress ?? { done: 0, total: 0 };
  const share = total === 0 ? 0 : done / total;
  const sign: Cell = { text: pausedAt === undefined ? mark.sign : '‖', width: 1, paint: mark.paint };
  const age: Cell = {
    ...{ text: startedAt === undefined ? '' : ageText(now - startedAt), width: 6, align: 'right' },
  };
  const isTroubled = troubles > 0 || status === 'ROLLING_BACK';
  if (columns < NARROW) {
    const doneCell: Cell = { text: progress === undefined ? '' : percent(share), width: 5 };
    return [sign, { text: workflow, ...(isTroubled ? { paint: paint.yellow } : {}) }, doneCell, age];
  }
  const why = troubles > 0 ? `${troubles}x ${error ?? 'failed'}` : isTroubled ? error : undefined;
  return [
    sign,
    ...nameCells({ id, workflow, version }, { paint, columns }),
    {
      text: progress === undefined ? '' : `${bar(share, BAR_WIDTH)} ${percent(share)}`,
      width: BAR_WIDTH + 6,
      paint: paint.green,
    },
    {
      text: words(
        ...(status === 'ROLLING_BACK' ? ['rolling back'] : []),
        ...(pausedAt === undefined ? [] : ['paused']),
        doing,
        why,
      ),
      ...(isTroubled ? { paint: paint.yellow } : {}),
    },
    age,
  ];
}

/** With fewer columns there is no room for what an execution does. */
const NARROW = 60;

/** The workflow; where there is room, its version and the whole id, too. */
function nameCells(
  { id, workflow, version }: Pick<Running, 'id' | 'workflow' | 'version'>,
  { paint, columns }: Pick<Style, 'paint' | 'columns'>,
): readonly Cell[] {
  if (columns < WIDE) return [{ text: workflow, width: Math.min(20, Math.floor(columns / 4)) }];
  return [
    { text: `${workflow} ${version}`, width: 26 },
    { text: id, width: 26, paint: paint.dim },
  ];
}

/** From so many columns on there is room for versions and whole ids. */
const WIDE = 110;
/** And from so many on for names of alerts. */
const ROOMY = 70;

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5);
}

function failedCells(failed: Failed, { paint, columns }: Style): readonly Cell[] {
  const { id, workflow, version, status, at, error, cause, tookMs } = failed;
  const mark = markOf(status, paint);
  const isWide = columns >= WIDE;
  const why = [error, cause].filter((word) => word !== undefined).join(': ');
  return [
    { text: mark.sign, width: 1, paint: mark.paint },
    { text: new Date(at).toISOString().slice(11, 19), width: 8, paint: paint.dim },
    ...nameCells({ id, workflow, version }, { paint, columns }),
    { text: words(status === 'FAILED' ? undefined : statusWords(status), why) },
    ...(isWide && tookMs !== undefined
      ? [{ text: `after ${formatDuration(tookMs)}`, width: 16, align: 'right' as const }]
      : []),
  ];
}

function statusWords(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}

function alertCells(alert: ShownAlert, { paint, now, columns }: Style): readonly Cell[] {
  const { name, title, severity, values, since, acknowledgedBy } = alert;
  const colour = acknowledgedBy === undefined ? paintSeverity(severity, paint) : paint.dim;
  return [
    { text: acknowledgedBy === undefined ? '▲' : '△', width: 1, paint: colour },
    { text: severity, width: 8, paint: colour },
    { text: words(title, Object.keys(values).length === 0 ? undefined : `(${valuesWords(values)})`) },
    ...(columns < ROOMY ? [] : [{ text: name, width: 22, paint: paint.dim }]),
    ...(acknowledgedBy === undefined
      ? []
      : [{ text: `${acknowledgedBy} looks`, width: 12, paint: paint.dim }]),
    { text: ageText(now - since), width: 6, align: 'right' },
  ];
}

/** What is counted of a part of the fleet. */
export const FLEET_COLUMNS = [
  { title: 'online', of: 'online', width: 6, colour: 'green' },
  { title: 'offline', of: 'offline', width: 7, colour: 'yellow' },
  { title: 'out', of: 'leftOut', width: 5, colour: 'red' },
  { title: 'sent', of: 'inFlight', width: 5, colour: 'reset' },
  { title: 'wait', of: 'waiting', width: 5, colour: 'reset' },
] as const;

function fleetCells(part: FleetPart, { paint }: Style): readonly Cell[] {
  return [
    { text: part.name === '' ? '(nowhere)' : part.name },
    ...FLEET_COLUMNS.map(({ of, width, colour }) => ({
      ...{ text: part[of].toLocaleString('en'), width, align: 'right' as const },
      paint: part[of] === 0 ? paint.dim : paint[colour],
    })),
  ];
}

function poolCells({ name, used, limit }: ShownPool, { paint }: Style): readonly Cell[] {
  const share = limit === 0 ? 1 : used / limit;
  return [
    { text: name },
    { text: bar(share, BAR_WIDTH), width: BAR_WIDTH, paint: share >= 1 ? paint.yellow : paint.green },
    { text: `${used} of ${limit}`, width: 12, align: 'right' },
  ];
}

function words(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}
