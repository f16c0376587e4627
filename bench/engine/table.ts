import { machineLine } from '../this-machine.ts';
import type { EngineReport, OwnFigures, PeerReport, PeerRun } from './figures.ts';
import { FLOOR } from './peer.ts';

/** One column: how the best of the runs is found, and how it is shown. */
interface Column {
  readonly head: readonly [string, string];
  value(run: PeerRun): number;
  readonly best: 'lowest' | 'highest';
}

const COLUMNS: readonly Column[] = [
  { head: ['5 steps', 'p50 ms'], value: ({ figures }) => figures.fiveStepsMs.p50, best: 'lowest' },
  {
    head: ['many at once', 'workflows/s'],
    value: ({ figures }) => figures.atOnce.perSecond,
    best: 'highest',
  },
  { head: ['20 branches', 'of 100 ms'], value: ({ figures }) => figures.branchesMs.p50, best: 'lowest' },
  { head: ['100 steps', 'ms'], value: ({ figures }) => figures.hundredStepsMs.p50, best: 'lowest' },
  { head: ['memory', 'MB'], value: ({ figures, serversMB }) => figures.peakMB + serversMB, best: 'lowest' },
];

const NAME_WIDTH = 14;
const COLUMN_WIDTH = 13;

/** A report as a table of 80 columns, with each figure also as a multiple of the floor's. */
export function printReport(report: EngineReport): string {
  return [
    machineLine(report.machine, report.date),
    '',
    ...peerLines(report.peers),
    '',
    ...ownLines(report.own),
  ]
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

function peerLines(peers: readonly PeerReport[]): string[] {
  if (peers.length === 0) return [];
  const floor = peers.find(({ name }) => name === FLOOR);
  const heads = [0, 1].map((line) =>
    row(
      '',
      COLUMNS.map(({ head }) => head[line] ?? ''),
    ),
  );
  return [...heads, ...peers.map((peer) => peerLine(peer, floor))];
}

function peerLine(peer: PeerReport, floor: PeerReport | undefined): string {
  if (peer.runs.length === 0) return `${peer.name.padEnd(NAME_WIDTH)}not here: ${firstLine(peer.notHere)}`;
  return row(
    peer.name,
    COLUMNS.map((column) => cell(column, peer, floor)),
  );
}

function firstLine(text = ''): string {
  return text.split('\n')[0] ?? '';
}

function cell(column: Column, peer: PeerReport, floor: PeerReport | undefined): string {
  const value = bestOf(peer, column);
  const base = floor === undefined || floor.runs.length === 0 ? undefined : bestOf(floor, column);
  if (base === undefined) return figure(value);
  return `${figure(value)} ${multiple(column.best === 'lowest' ? value / base : base / value)}`;
}

/** The best run of a peer in one column. */
function bestOf({ runs }: PeerReport, { value, best }: Column): number {
  const values = runs.map(value);
  return best === 'lowest' ? Math.min(...values) : Math.max(...values);
}

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)}${cells.map((text) => text.padStart(COLUMN_WIDTH)).join('')}`;
}

function figure(value: number): string {
  return value.toLocaleString('en', {
    maximumSignificantDigits: value < 1_000 ? 3 : 6,
    maximumFractionDigits: 0,
  });
}

/** How many times the floor's: `2.3x`, `140x`. */
function multiple(times: number): string {
  return `${times < 10 ? times.toFixed(1) : Math.round(times).toLocaleString('en')}x`;
}

function ownLines({ waiting, payload, stored, monitoring }: OwnFigures): string[] {
  const line = (what: string, value: string): string => `${what.padEnd(48)}${value}`;
  return [
    ...(waiting === undefined
      ? []
      : [
          line(
            `${figure(waiting.executions)} executions that wait, peak memory`,
            `${figure(waiting.peakMB)} MB`,
          ),
          line('  each of them, while it waits', `${figure(waiting.kBEach)} kB`),
        ]),
    ...(payload === undefined
      ? []
      : [
          line(
            `${figure(payload.payloadKiB)} KiB through ${payload.steps} steps`,
            `${figure(payload.mbPerSecond)} MB/s`,
          ),
        ]),
    ...(stored ?? []).map(({ stored: count, stepUs, stepCpuUs }) =>
      line(
        `a step with ${figure(count)} executions stored`,
        `${figure(stepUs)} us (CPU ${figure(stepCpuUs)} us)`,
      ),
    ),
    ...(monitoring === undefined
      ? []
      : [line('to be told of every event, more CPU', `${figure(monitoring.overheadPercent)} %`)]),
  ];
}
