import type { FeedEvent } from '../../events/event-calls.ts';
import { KEPT, type Second, type Took } from '../top-state.ts';

/** Ends of executions that are no good ones. One that was stopped did as it was told. */
export const BAD_ENDS: readonly string[] = [
  ...['execution.failed', 'execution.timed-out'],
  ...['execution.rolled-back', 'execution.rollback-incomplete'],
];
const ENDS: readonly string[] = ['execution.succeeded', 'execution.stopped', ...BAD_ENDS];
const BAD_ENDS_OF_COMMANDS: readonly string[] = ['command.failed', 'command.timed-out', 'command.expired'];
const ENDS_OF_COMMANDS: readonly string[] = ['command.succeeded', ...BAD_ENDS_OF_COMMANDS];

/** Whether a kind is the last that is told of an execution. */
export function isEnd(kind: string): boolean {
  return ENDS.includes(kind);
}

/** Adds events to what happened in each second; what is too old is left out. */
export function foldSeconds(
  seconds: readonly Second[],
  events: readonly FeedEvent[],
  placed: (event: FeedEvent) => number,
): readonly Second[] {
  const bySecond = new Map(seconds.map((each) => [each.second, each]));
  for (const event of events) {
    const second = Math.floor(placed(event) / 1_000);
    bySecond.set(second, counted(bySecond.get(second) ?? nothingIn(second), event.kind));
  }
  const newest = Math.max(...bySecond.keys());
  return [...bySecond.values()]
    .filter(({ second }) => second > newest - KEPT.seconds)
    .toSorted((a, b) => a.second - b.second);
}

/** A second in which nothing happened. */
export function nothingIn(second: number): Second {
  return { second, events: 0, started: 0, ended: 0, failed: 0, commands: 0, commandsFailed: 0 };
}

function counted(in_: Second, kind: string): Second {
  return {
    second: in_.second,
    events: in_.events + 1,
    started: in_.started + (kind === 'execution.started' ? 1 : 0),
    ended: in_.ended + (isEnd(kind) ? 1 : 0),
    failed: in_.failed + (BAD_ENDS.includes(kind) ? 1 : 0),
    commands: in_.commands + (ENDS_OF_COMMANDS.includes(kind) ? 1 : 0),
    commandsFailed: in_.commandsFailed + (BAD_ENDS_OF_COMMANDS.includes(kind) ? 1 : 0),
  };
}

/** Adds how long things took; the newest are kept. */
export function foldTimes(
  times: readonly Took[],
  events: readonly FeedEvent[],
  of: 'executions' | 'commands',
): readonly Took[] {
  const isTold = of === 'executions' ? isEnd : (kind: string) => ENDS_OF_COMMANDS.includes(kind);
  const found = events.flatMap(({ kind, at, data }) => {
    const ms = data['tookMs'];
    return isTold(kind) && typeof ms === 'number' ? [{ at: Date.parse(at), ms }] : [];
  });
  return found.length === 0 ? times : [...times, ...found].slice(-KEPT.times);
}
