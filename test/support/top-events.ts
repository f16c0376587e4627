import type { FeedEvent } from '#cli/events/event-calls.ts';

/** When the events of tests begin. */
export const T0 = Date.parse('2027-01-11T06:00:00.000Z');

let count = 0;

/** An event of the feed, so many ms after the begin. */
export function feedEvent(kind: FeedEvent['kind'], ms: number, part: Partial<FeedEvent> = {}): FeedEvent {
  count += 1;
  return {
    ...{ v: 1, id: `${kind}/${count}`, kind, at: new Date(T0 + ms).toISOString(), cursor: String(count) },
    ...{ data: {}, ...part },
  };
}

/** An event of an execution of `rollout`. */
export function ofExecution(
  kind: FeedEvent['kind'],
  ms: number,
  execution: string,
  part: Partial<FeedEvent> = {},
): FeedEvent {
  return feedEvent(kind, ms, { execution, workflow: 'rollout', version: '1.0.0', ...part });
}
