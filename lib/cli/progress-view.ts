import stringWidth from 'string-width';
import { formatDuration } from '#core/duration.ts';
import { type ExecutionProgress, type ProgressRow, progressRows, type StepProgress } from './progress.ts';
import { leadingStatus, markOf } from './step-marks.ts';
import type { Paint } from './terminal.ts';
import { crop, padEnd } from './text-layout.ts';

/** How the live view is drawn. */
export interface ProgressStyle {
  readonly paint: Paint;
  /** No line is wider. */
  readonly columns: number;
  /** No more lines than these. */
  readonly rows: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Counts up with each drawing. */
  readonly frame: number;
}

/** Lines that the view needs besides the rows: title, bar, a blank one, what is left out, and the cursor's own. */
const FIXED_LINES = 5;
const LABEL_WIDTH = 16;
const WIDEST_LABEL = 24;

/** The live view of an execution: title, bar, and a row for each step and for each iteration. */
export function progressLines(progress: ExecutionProgress, style: ProgressStyle): string[] {
  const rows = progressRows(progress.steps);
  const { shown, hidden } = chooseRows(rows, Math.max(3, style.rows - FIXED_LINES));
  const lines = [titleLine(progress, style), barLine(progress, style), ''];
  lines.push(...shown.map((row) => (row.kind === 'step' ? stepLine(row, style) : iterationLine(row, style))));
  if (hidden.length > 0) lines.push(style.paint.dim(`    … ${hiddenText(hidden)}`));
  return lines;
}

function titleLine(
  { title, status, startedAt, endedAt }: ExecutionProgress,
  { paint, columns, now, frame }: ProgressStyle,
): string {
  const mark = markOf(status, paint, frame);
  const elapsed = formatDuration((endedAt ?? now) - startedAt);
  const name = crop(title, columns - elapsed.length - 5);
  return `${mark.paint(mark.sign)} ${paint.bold(padEnd(name, columns - elapsed.length - 3))}${paint.dim(elapsed)}`;
}

function barLine({ done, total }: ExecutionProgress, { paint, columns }: ProgressStyle): string {
  const share = total === 0 ? 0 : done / total;
  const text = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${done}/${total} steps`;
  const width = Math.max(10, columns - text.length - 3);
  const filled = Math.round(share * width);
  return `  ${paint.green('━'.repeat(filled))}${paint.dim('─'.repeat(width - filled))}${text}`;
}

function stepLine(row: Extract<ProgressRow, { kind: 'step' }>, style: ProgressStyle): string {
  const { paint, columns } = style;
  const mark = markOf(row.step.status, paint, style.frame);
  const indent = '  '.repeat(row.depth + 1);
  const label = padEnd(crop(row.label, WIDEST_LABEL), LABEL_WIDTH);
  const facts = crop(stepFacts(row.step, style.now), columns - indent.length - stringWidth(label) - 3);
  return `${indent}${mark.paint(mark.sign)} ${label} ${paint.dim(facts)}`.trimEnd();
}

function stepFacts(
  { status, attempts, device, startedAt, endedAt, error }: StepProgress,
  now: number,
): string {
  const facts = [device, error, attempts > 1 ? `try ${attempts}` : undefined];
  if (startedAt !== undefined && status !== 'SKIPPED')
    facts.push(formatDuration((endedAt ?? now) - startedAt));
  return facts.filter((fact) => fact !== undefined).join('  ');
}

function iterationLine(row: Extract<ProgressRow, { kind: 'iteration' }>, style: ProgressStyle): string {
  const { paint, columns } = style;
  const mark = markOf(leadingStatus(row.steps), paint, style.frame);
  const indent = '  '.repeat(row.depth + 1);
  const parts = [`${indent}${mark.paint(mark.sign)} ${padEnd(crop(row.label, LABEL_WIDTH), LABEL_WIDTH)}`];
  let width = indent.length + 2 + LABEL_WIDTH;
  for (const step of row.steps) {
    const name = step.path.slice(step.path.lastIndexOf(']') + 2);
    const extra = [step.error, step.attempts > 1 ? `×${step.attempts}` : undefined].filter(Boolean).join(' ');
    const text = extra === '' ? name : `${name} ${extra}`;
    if (width + text.length + 4 > columns) break;
    const own = markOf(step.status, paint, style.frame);
    parts.push(` ${own.paint(own.sign)} ${own.sign === '·' ? paint.dim(text) : text}`);
    width += text.length + 4;
  }
  return parts.join(' ');
}

/** All rows where they fit; else all steps, and of the iterations those first that run or went wrong. */
function chooseRows(
  rows: readonly ProgressRow[],
  room: number,
): { shown: ProgressRow[]; hidden: ProgressRow[] } {
  if (rows.length <= room) return { shown: [...rows], hidden: [] };
  const ranked = rows
    .map((row, at) => ({ at, rank: rankOf(row) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at);
  const chosen = new Set(ranked.slice(0, room).map(({ at }) => at));
  return { shown: rows.filter((_, at) => chosen.has(at)), hidden: rows.filter((_, at) => !chosen.has(at)) };
}

function rankOf(row: ProgressRow): number {
  if (row.kind === 'step') return row.depth;
  const order = ['RUNNING', 'COMPENSATING', 'FAILED', 'TIMED_OUT', 'COMPENSATED'];
  const rank = order.indexOf(leadingStatus(row.steps));
  return 10 + (rank < 0 ? order.length : rank);
}

function hiddenText(rows: readonly ProgressRow[]): string {
  const done = rows.filter(
    (row) => row.kind === 'iteration' && leadingStatus(row.steps) === 'SUCCEEDED',
  ).length;
  return `${rows.length} more${done > 0 ? `, ${done} of them done` : ''}`;
}
