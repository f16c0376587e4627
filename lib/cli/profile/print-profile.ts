import type { ProfileDocument } from '#api/profile-documents.ts';
import { formatDuration } from '#core/duration.ts';
import { type Column, tableLines } from '../print-table.ts';
import { markOf } from '../step-marks.ts';
import type { Paint, Terminal } from '../terminal.ts';
import { count, hanging, padEnd } from '../text-layout.ts';
import { partWords } from './part-words.ts';

type Step = ProfileDocument['steps'][number];

/** Width of the column of labels. */
const LABEL = 14;
/** Width of the bars that show when a step ran. */
const BAR = 20;
/** Most rows; what was critical, and what took long, comes first. */
const MOST_ROWS = 50;

/** A profile as people read it, line by line. */
export function profileLines(
  profile: ProfileDocument,
  terminal: Pick<Terminal, 'columns' | 'paint'>,
): string[] {
  const { columns, paint } = terminal;
  const { executionId, workflow, version, status, totalMs, steps, retries } = profile;
  const fact = (label: string, text: string): string =>
    hanging(padEnd(label, LABEL), text, columns).replace(label, paint.bold(label));
  const mark = markOf(status, paint);
  const shown = chosen(steps);
  const left = steps.length - shown.length;
  return [
    `${mark.paint(mark.sign)} ${paint.bold(`${workflow} ${version}`)}, execution ${executionId}`,
    '',
    ...tableLines(shown, stepColumns(profile, paint), { columns, paintTitle: paint.bold }),
    ...(left > 0 ? [paint.dim(`… ${count(left, 'shorter step')} more; --json tells all`)] : []),
    paint.dim('━ on the critical path   ─ with time to spare'),
    '',
    fact(
      'took',
      `${formatDuration(totalMs)}, ${status}${retries === 0 ? '' : `; ${count(retries, 'retry').replace('retrys', 'retries')}`}`,
    ),
    fact(
      'critical path',
      profile.criticalPath.length === 0 ? 'no step has begun' : profile.criticalPath.join(' → '),
    ),
    fact('spent on it', partWords(profile.critical)),
    fact('in all steps', partWords(profile.all)),
    ...(profile.traceId === undefined ? [] : [fact('trace', profile.traceId)]),
  ];
}

function chosen(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= MOST_ROWS) return steps;
  const byWeight = steps.toSorted(
    (one, other) =>
      Number(other.isCritical) - Number(one.isCritical) ||
      one.depth - other.depth ||
      other.durationMs - one.durationMs,
  );
  const kept = new Set(byWeight.slice(0, MOST_ROWS));
  return steps.filter((step) => kept.has(step));
}

function stepColumns({ totalMs }: ProfileDocument, paint: Paint): Column<Step>[] {
  const ofPart =
    (...names: readonly string[]) =>
    ({ parts }: Step): string => {
      const sum = parts.reduce(
        (total, { name, durationMs }) => total + (names.includes(name) ? durationMs : 0),
        0,
      );
      return sum < 1 ? '' : formatDuration(sum);
    };
  return [
    {
      title: 'STEP',
      text: ({ path }) => path,
      paint: (cell, { isCritical }) => (isCritical ? paint.yellow(cell) : cell),
    },
    { title: 'TRIES', text: ({ attempts }) => (attempts > 1 ? String(attempts) : '') },
    { title: 'TOOK', text: ({ durationMs }) => formatDuration(durationMs) },
    { title: 'WORKED', text: ofPart('work', 'device') },
    { title: 'WAITED', text: ofPart('queue', 'retry', 'outside', 'halted') },
    { title: 'SLACK', text: ({ slackMs }) => (slackMs < 1 ? '' : formatDuration(slackMs)) },
    {
      title: 'WHEN',
      text: (step) => bar(step, totalMs),
      paint: (cell, { isCritical }) => (isCritical ? paint.yellow(cell) : paint.dim(cell)),
    },
  ];
}

function bar({ startMs, durationMs, isCritical }: Step, totalMs: number): string {
  const column = (ms: number): number => Math.round((ms / Math.max(1, totalMs)) * BAR);
  const from = Math.min(BAR - 1, column(startMs));
  const to = Math.max(from + 1, column(startMs + durationMs));
  return ' '.repeat(from) + (isCritical ? '━' : '─').repeat(to - from);
}
