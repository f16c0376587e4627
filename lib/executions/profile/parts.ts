import type { Command } from '#devices/command.ts';
import type { HistoryEvent } from '#engine/history.ts';

/**
 * What the time of a step goes to: handlers and what they call (`work`), a device that works on its command (`device`), the line
 * for a device or for units of a pool (`queue`), the delay before the next try (`retry`), somebody or something outside, an
 * event, an approval or a time (`outside`), an execution that had ended and was not redriven yet (`halted`).
 */
export const PARTS = ['work', 'device', 'queue', 'retry', 'outside', 'halted'] as const;

/** What the time of a step goes to. */
export type PartName = (typeof PARTS)[number];

/** A part of a step's time. Times are ms from the start of the execution. */
export interface TimePart {
  readonly name: PartName;
  readonly startMs: number;
  readonly durationMs: number;
}

/** The step whose time is taken apart. */
export interface TimedRun {
  readonly path: string;
  readonly kind: string;
  /** Name of the state in which it stands in line for units of pools. */
  readonly lineState: string | undefined;
  readonly startMs: number;
  readonly durationMs: number;
}

/** What is known of it. Times are ms since the Unix epoch. */
export interface TimeSources {
  readonly events: readonly HistoryEvent[];
  readonly commands: readonly Command[];
  readonly startedAt: number;
  readonly until: number;
}

/** Steps that wait for what is outside. */
const WAITING_KINDS: readonly string[] = ['wait', 'event', 'approve'];

/** Takes the time of a step apart, without gaps: each moment belongs to the last that was told before it. */
export function partsOf(run: TimedRun, sources: TimeSources): readonly TimePart[] {
  const from = sources.startedAt + run.startMs;
  const to = from + run.durationMs;
  const marks = [...marksOfEvents(run, sources.events), ...marksOfCommands(run, sources.commands)]
    .filter(({ at }) => at >= from && at < to)
    .toSorted((one, other) => one.at - other.at || one.rank - other.rank);
  const parts: TimePart[] = [];
  const begin: Mark = { at: from, name: WAITING_KINDS.includes(run.kind) ? 'outside' : 'work', rank: 0 };
  for (const [index, { at, name }] of [begin, ...marks].entries()) {
    const durationMs = (marks[index]?.at ?? to) - at;
    if (durationMs <= 0) continue;
    const last = parts.at(-1);
    if (last?.name === name) parts[parts.length - 1] = { ...last, durationMs: last.durationMs + durationMs };
    else parts.push({ name, startMs: at - sources.startedAt, durationMs });
  }
  return parts;
}

/** From this moment on, time goes to something. */
interface Mark {
  readonly at: number;
  readonly name: PartName;
  /** Of two at the same moment, the higher counts. */
  readonly rank: number;
}

const FAILED = /^(Task|LambdaFunction)(Failed|TimedOut)$/;
const ENDED = /^Execution(Failed|Aborted|TimedOut)$/;

function marksOfEvents({ kind, lineState }: TimedRun, events: readonly HistoryEvent[]): readonly Mark[] {
  const waits = WAITING_KINDS.includes(kind);
  let inLine = false;
  return events.flatMap(({ type, timestamp: at, details, id }): Mark[] => {
    const mark = (name: PartName): Mark[] => [{ at, name, rank: id }];
    if (type === 'TaskStateEntered') inLine = details['name'] === lineState;
    if (FAILED.test(type)) return mark('retry');
    if (ENDED.test(type)) return mark('halted');
    if (/Entered$|Scheduled$|Redriven$/.test(type))
      return mark(inLine ? 'queue' : waits ? 'outside' : 'work');
    return /(Succeeded|Exited)$/.test(type) ? mark('work') : [];
  });
}

/** After the events of the same moment. */
const LATE = Number.MAX_SAFE_INTEGER;

function marksOfCommands({ path }: TimedRun, commands: readonly Command[]): readonly Mark[] {
  const own = commands.filter((command) => command.path === path && command.undoes === undefined);
  return own.flatMap(({ queuedAt, sentAt, endedAt, status }): Mark[] => [
    ...(sentAt === queuedAt ? [] : [{ at: queuedAt, name: 'queue', rank: LATE } as const]),
    ...(sentAt === undefined || sentAt === endedAt
      ? []
      : [{ at: sentAt, name: 'device', rank: LATE } as const]),
    // How it ended, the event of the task tells, a moment later.
    ...(endedAt === undefined || status === 'CANCELLED'
      ? []
      : [{ at: endedAt, name: 'work', rank: -1 } as const]),
  ]);
}
