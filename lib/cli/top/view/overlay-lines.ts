import type { AlertDocument } from '../../alerts/alert-calls.ts';
import { alertTexts } from '../../alerts/alerts.ts';
import type { ExecutionDocument } from '../../executions/execution-calls.ts';
import { secondOf } from '../../executions/print-words.ts';
import { leftBehindLines } from '../../left-behind-lines.ts';
import type { ExecutionProgress } from '../../progress.ts';
import { progressLines } from '../../progress-view.ts';
import { hanging } from '../../text-layout.ts';
import type { Ui } from '../ui.ts';
import { clipped, rowLine } from './row-line.ts';
import type { Style } from './style.ts';

/** What was looked up last of an execution, or of an alert. */
export interface LookedUp {
  readonly execution?: ExecutionDocument;
  readonly alert?: AlertDocument;
}

/** What lies over the picture, in its place. */
export function overlayLines(
  { overlay, said, question }: Pick<Ui, 'overlay' | 'said' | 'question'>,
  lookedUp: LookedUp,
  style: Style,
): readonly string[] {
  const { paint, columns, rows } = style;
  const body = bodyOf(overlay, lookedUp, { ...style, rows: rows - 1 })
    .slice(0, rows - 1)
    .map((line) => clipped(line, columns));
  const blank = Array<string>(Math.max(0, rows - 1 - body.length)).fill('');
  const keys = question?.text ?? said ?? keysOf(overlay);
  return [...body, ...blank, paint.dim(rowLine([{ text: keys }], columns))];
}

function keysOf(overlay: Ui['overlay']): string {
  if (overlay?.kind === 'alert') return 'escape back  a acknowledge';
  return overlay?.kind === 'execution' ? 'escape back  x stop' : 'escape back';
}

function bodyOf(overlay: Ui['overlay'], { execution, alert }: LookedUp, style: Style): readonly string[] {
  const looking = [style.paint.dim('looking it up …')];
  if (overlay?.kind === 'execution')
    return execution?.executionId === overlay.id ? executionLines(execution, style) : looking;
  if (overlay?.kind === 'alert')
    return alert?.id === overlay.id ? alertTexts(alert, style).flatMap((text) => text.split('\n')) : looking;
  return HELP.map((line) => rowLine([{ text: line }], style.columns).trimEnd());
}

function executionLines(execution: ExecutionDocument, style: Style): readonly string[] {
  const { paint, columns, rows, now } = style;
  const { executionId, startedAt, endedAt, pausedAt, error, cause = '', leftBehind = [] } = execution;
  const facts = [
    `execution ${executionId}, started ${secondOf(startedAt)} UTC`,
    ...(pausedAt === undefined ? [] : [`paused since ${secondOf(pausedAt)} UTC`]),
    ...(error === undefined ? [] : [hanging('', `${error}: ${cause}`, columns)]),
  ].flatMap((text) => text.split('\n').map((line) => rowLine([{ text: line }], columns).trimEnd()));
  const left = leftBehindLines(leftBehind, { paint, columns }).flatMap((text) => text.split('\n'));
  const frame = Math.floor(now / 250);
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  const below = facts.length + left.length + 2;
  const progress = progressLines(progressOf(execution), {
    ...{ paint, columns, frame, now: end },
    rows: Math.max(8, rows - below),
  });
  return [...progress, '', ...facts, ...left];
}

function progressOf({ workflow, version, status, progress, ...rest }: ExecutionDocument): ExecutionProgress {
  const ms = (instant: string | undefined): number | undefined =>
    instant === undefined ? undefined : Date.parse(instant);
  return {
    title: `${workflow} ${version}  ${status}`,
    ...{ status, ...progress, startedAt: Date.parse(rest.startedAt) },
    steps: rest.steps.map(({ path, status: state, attempts, device, error, startedAt, endedAt }) => ({
      ...{ path, status: state, attempts },
      ...(device === undefined ? {} : { device }),
      ...(error === undefined ? {} : { error }),
      ...(startedAt === undefined ? {} : { startedAt: ms(startedAt) ?? 0 }),
      ...(endedAt === undefined ? {} : { endedAt: ms(endedAt) ?? 0 }),
    })),
  };
}

const HELP = [
  'stepwright top: what goes on, live.',
  '',
  '  tab, ← →     the next part, the one before',
  '  j k, ↓ ↑     the next row, the one before; g and G: the first, the last',
  '  enter        details of an execution or an alert; escape: back',
  '  s            sort what runs by age, or by trouble',
  '  z            count the fleet by zone, or by type',
  '  /            show only rows with these words; escape: all again',
  '  p            hold the picture; what happens is still counted',
  '  a            acknowledge the alert that is chosen',
  '  x            stop the execution that is chosen; asks first',
  '  r            ask anew how all stands',
  '  q, Ctrl-C    end',
  '',
  '  Rates are those of the last 10 seconds, times those of the last five',
  '  minutes: p50 is the time that half of them took at most, p95 nearly all.',
  '  Of the fleet, "out" are devices that breakers or quarantine keep commands',
  '  from; "sent" are commands that are under way, "wait" those in mailboxes.',
  '  "lag" is how late news come in.',
] as const;
