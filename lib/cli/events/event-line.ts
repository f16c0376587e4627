import { formatDuration } from '#core/duration.ts';
import type { Paint } from '../terminal.ts';
import { crop, padEnd } from '../text-layout.ts';
import type { FeedEvent } from './event-calls.ts';

const KIND_WIDTH = 19;
const ABOUT_WIDTH = 10;

/** How lines are laid out. */
export interface EventLineStyle {
  readonly columns: number;
  readonly paint: Paint;
}

/** One event as a line: when, what, to whom, and what there is to say of it. */
export function eventLine(event: FeedEvent, { columns, paint }: EventLineStyle): string {
  const time = event.at.slice(11, 23);
  const kind = padEnd(event.kind, KIND_WIDTH);
  const rest = `${padEnd(aboutOf(event), ABOUT_WIDTH)} ${detailOf(event)}`.trimEnd();
  const room = columns - time.length - kind.length - 4;
  return `${paint.dim(time)}  ${colourOf(event, paint)(kind)}  ${crop(rest, Math.max(10, room))}`.trimEnd();
}

function colourOf({ kind }: FeedEvent, paint: Paint): (text: string) => string {
  if (/\.(failed|timed-out|expired|rollback-incomplete|refused|undo-failed|compensation-failed)$/.test(kind))
    return paint.red;
  if (/\.(rolling-back|rolled-back|compensated|undone|offline|quarantined|breaker-opened)$/.test(kind))
    return paint.yellow;
  return /\.(succeeded|approved|online)$/.test(kind) ? paint.green : (text) => text;
}

/** What it is about, in a word or two. */
function aboutOf({ kind, device, path, workflow, data }: FeedEvent): string {
  const family = kind.split('.')[0];
  if (family === 'execution' || family === 'workflow') return workflow ?? '';
  if (family === 'command' || family === 'device') return device ?? '';
  return path ?? textOf(data['name']) ?? textOf(data['pool']) ?? textOf(data['operation']) ?? workflow ?? '';
}

function detailOf({ kind, execution, version, path, data }: FeedEvent): string {
  const words = [
    ...(kind.startsWith('execution.') ? [execution] : []),
    ...(kind.startsWith('workflow.') ? [version, textOf(data['alias'])] : []),
    ...(kind.startsWith('command.') ? [path ?? textOf(data['name'])] : []),
    textOf(data['error']),
    ...(kind.startsWith('operator.') ? [`by ${textOf(data['by']) ?? ''}`] : []),
    ...(kind === 'decision.made'
      ? [`${textOf(data['decision']) ?? ''} ${textOf(data['version']) ?? ''}`.trim()]
      : []),
    ...(kind.startsWith('lease.') ? [poolsOf(data['pools'])] : []),
    listOf(data['changed']),
    timeOf('waited ', data['waitedMs'], 1),
    timeOf('', data['tookMs'], 0),
  ];
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}

function timeOf(word: string, ms: unknown, least: number): string | undefined {
  return typeof ms === 'number' && ms >= least ? `${word}${formatDuration(ms)}` : undefined;
}

function poolsOf(pools: unknown): string | undefined {
  if (typeof pools !== 'object' || pools === null) return undefined;
  return Object.entries(pools)
    .map(([pool, units]) => `${units} of ${pool}`)
    .join(', ');
}

function listOf(names: unknown): string | undefined {
  return Array.isArray(names) ? names.join(', ') : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
