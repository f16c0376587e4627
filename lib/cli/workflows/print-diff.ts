import type { Change, Impact } from '#definition/diff/change.ts';
import type { WorkflowDiff } from '#definition/diff/diff-workflows.ts';
import type { Paint, Terminal } from '../terminal.ts';
import { count, hanging, padEnd } from '../text-layout.ts';

const PARTS: readonly Change['part'][] = ['workflow', 'input', 'steps', 'output'];
/** Longer names push what is told of them to the right. */
const WIDEST_NAME = 24;

/** What is drawn before a change, and what leads to its reason. */
const MARKS: Readonly<Record<Impact, { readonly sign: string; readonly lead: string }>> = {
  breaking: { sign: '✖', lead: 'breaking: ' },
  unsure: { sign: '?', lead: 'look at it: ' },
  compatible: { sign: ' ', lead: '' },
};

/** The differences between two versions as people read them, line by line. */
export function diffLines(
  diff: WorkflowDiff,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string[] {
  const { changes } = diff;
  const width = Math.min(WIDEST_NAME, Math.max(0, ...changes.map((change) => nameOf(change).length)));
  const blocks = PARTS.flatMap((part) => {
    const own = changes.filter((change) => change.part === part);
    if (own.length === 0) return [];
    return ['', paint.bold(part), ...own.flatMap((change) => changeLines(change, { width, columns, paint }))];
  });
  return [paint.bold(title(diff)), ...blocks, '', ...summaryLines(diff, columns)];
}

function title({ before, after }: WorkflowDiff): string {
  const isSame = before.name === after.name;
  return `${before.name} ${before.version} → ${isSame ? '' : `${after.name} `}${after.version}`;
}

function nameOf({ of }: Change): string {
  return of === '' ? 'as a whole' : of;
}

interface Style {
  readonly width: number;
  readonly columns: number;
  readonly paint: Paint;
}

function changeLines(change: Change, { width, columns, paint }: Style): string[] {
  const { impact, text, why } = change;
  const { sign, lead } = MARKS[impact];
  const colour = { breaking: paint.red, unsure: paint.yellow, compatible: String }[impact];
  const first = hanging(`  ${sign} ${padEnd(nameOf(change), width)}  `, text, columns);
  const indent = ' '.repeat(width + 6);
  return [colour(first), ...(why === undefined ? [] : [paint.dim(hanging(indent + lead, why, columns))])];
}

function summaryLines({ changes, leastVersion, after }: WorkflowDiff, columns: number): string[] {
  if (changes.length === 0) return ['nothing has changed'];
  const amount = (impact: Impact): number => changes.filter((change) => change.impact === impact).length;
  const counts = [
    amount('breaking') === 0 ? 'no breaking change' : count(amount('breaking'), 'breaking change'),
    ...(amount('unsure') === 0 ? [] : [`${amount('unsure')} to look at`]),
    ...(amount('compatible') === 0 ? [] : [`${amount('compatible')} compatible`]),
  ].join(', ');
  if (leastVersion === undefined) return [counts];
  const advice = `by semantic versioning, ${after.version} should be ${leastVersion} or higher`;
  return [counts, hanging('', advice, columns)];
}
