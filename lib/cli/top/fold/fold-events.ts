import type { FeedEvent } from '../../events/event-calls.ts';
import type { TopState } from '../top-state.ts';
import { foldAlerts } from './alerts.ts';
import { foldSeconds, foldTimes } from './counts.ts';
import { foldExecutions } from './executions.ts';
import { foldCommands, foldFleet } from './fleet.ts';

/** What is later than this is no delay, but another clock. */
const LONGEST_LAG_MS = 5_000;

/** Events, and when they came in by our clock; undefined of what had happened before. */
export interface Batch {
  readonly events: readonly FeedEvent[];
  readonly receivedAt: number | undefined;
}

/** What is known after some events, each of which is new. */
export function foldEvents(before: TopState, { events, receivedAt }: Batch): TopState {
  if (events.length === 0) return before;
  const heard = receivedAt === undefined ? before : { ...before, ...clockOf(before, events, receivedAt) };
  const latest =
    receivedAt === undefined ? Number.POSITIVE_INFINITY : receivedAt - (heard.clockOffsetMs ?? 0);
  return {
    ...heard,
    // An event of a clock that is ahead happens now.
    seconds: foldSeconds(before.seconds, events, ({ at }) => Math.min(Date.parse(at), latest)),
    executionTimes: foldTimes(before.executionTimes, events, 'executions'),
    commandTimes: foldTimes(before.commandTimes, events, 'commands'),
    ...foldExecutions(before, events),
    ...foldFleet(before, events),
    commands: foldCommands(before.commands, events),
    alerts: foldAlerts(before.alerts, events),
  };
}

/** How far the clocks are apart, and how late the newest event was. */
function clockOf(
  { clockOffsetMs }: TopState,
  events: readonly FeedEvent[],
  receivedAt: number,
): Partial<TopState> {
  // Of steps is told later, when there is time.
  const newest = events.findLast(({ kind }) => !kind.startsWith('step.'));
  if (newest === undefined) return {};
  const behindMs = receivedAt - Date.parse(newest.at);
  const offset = offsetOf(clockOffsetMs, behindMs);
  return { clockOffsetMs: offset, lagMs: Math.max(0, behindMs - offset) };
}

/** What comes first comes at once; nothing comes before it happens. */
function offsetOf(known: number | undefined, behindMs: number): number {
  if (known === undefined) return Math.abs(behindMs) > LONGEST_LAG_MS ? behindMs : 0;
  return behindMs < Math.min(known, -LONGEST_LAG_MS) || (known > 0 && behindMs < known) ? behindMs : known;
}
