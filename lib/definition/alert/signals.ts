/**
 * What alerts can watch. Names of events are those of the event model (`docs/reference/events.md`), and some that stand for
 * several of them; a test holds both together. Metrics are made of events, too, so that each rule is the same on every runtime.
 */

/** Kinds of events by family, as the event model has them. */
const FAMILIES = {
  execution: [
    ...['started', 'succeeded', 'failed', 'timed-out', 'stopped', 'rolling-back', 'rolled-back'],
    ...['rollback-incomplete', 'paused', 'resumed', 'redriven', 'measured'],
  ],
  operator: ['acted'],
  step: [
    ...['succeeded', 'failed', 'skipped', 'cancelled', 'compensated', 'compensation-failed', 'waiting'],
    ...['waited', 'cached', 'iteration-failed'],
  ],
  rollout: ['waiting', 'waited'],
  command: [
    ...['queued', 'sent', 'delivered', 'running', 'succeeded', 'failed', 'timed-out', 'expired'],
    ...['cancelled', 'undone', 'undo-failed', 'verified'],
  ],
  call: ['opened', 'done', 'refused', 'unknown', 'undone'],
  device: [
    ...['registered', 'changed', 'removed', 'online', 'offline', 'reported', 'breaker-opened'],
    ...['quarantined', 'breaker-closed'],
  ],
  decision: ['made', 'published'],
  workflow: ['published', 'drilled', 'alias-moved'],
  lease: ['requested', 'granted', 'refused', 'released', 'left'],
  pool: ['limited'],
  alarm: ['raised', 'cleared'],
  approval: ['asked', 'voted', 'escalated', 'approved', 'rejected', 'expired', 'cancelled'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Kinds of events that alerts can watch. What alerts themselves tell is none. */
export const WATCHED_KINDS: readonly string[] = Object.entries(FAMILIES).flatMap(([family, kinds]) =>
  kinds.map((kind) => `${family}.${kind}`),
);

const EXECUTION_ENDED = [
  ...['execution.succeeded', 'execution.failed', 'execution.timed-out', 'execution.stopped'],
  ...['execution.rolled-back', 'execution.rollback-incomplete'],
];

const COMMAND_ENDED = [
  ...['command.succeeded', 'command.failed', 'command.timed-out', 'command.expired', 'command.cancelled'],
];

/** Names that stand for several kinds. */
const SUMS: Readonly<Record<string, readonly string[]>> = {
  'execution.ended': EXECUTION_ENDED,
  'step.ended': ['step.succeeded', 'step.failed', 'step.skipped', 'step.cancelled'],
  'command.ended': COMMAND_ENDED,
  'device.heartbeat': [
    ...['device.online', 'device.reported'],
    ...['command.delivered', 'command.running', 'command.succeeded', 'command.failed'],
  ],
};

/** Names of events that rules may give. */
export const WATCHED_EVENTS: readonly string[] = [...WATCHED_KINDS, ...Object.keys(SUMS)];

/** The kinds that a name stands for; none where nobody knows it. */
export function kindsOfEvent(name: string): readonly string[] {
  return SUMS[name] ?? (WATCHED_KINDS.includes(name) ? [name] : []);
}

/** Events that begin and end something, while which an event counts as coming: a device that is there is heard of. */
export const PRESENCE: Readonly<Record<string, { readonly begins: string; readonly ends: string }>> = {
  'device.heartbeat': { begins: 'device.online', ends: 'device.offline' },
};

/**
 * Of `value`, each event has one; of `sum`, those of all events count together; of `count`, events are counted; of `open`, it is for how
 * long something has been so.
 */
export type WatchedMetric =
  | ({ readonly of: 'value' } & MeasuredField)
  | ({ readonly of: 'sum' } & MeasuredField)
  | {
      readonly of: 'count';
      readonly kinds: readonly string[];
      /** Only events count whose data has a number above 0 here. */
      readonly having?: string;
    }
  | {
      readonly of: 'open';
      readonly begins: readonly string[];
      readonly ends: readonly string[];
      readonly unit: 's';
    };

/** What events have in a field of their data; of times, which are in ms there, metrics are in seconds. */
export interface MeasuredField {
  readonly kinds: readonly string[];
  readonly field: string;
  readonly unit: 's' | 'USD';
}

function seconds(field: string, ...kinds: readonly string[]): WatchedMetric {
  return { of: 'value', kinds, field, unit: 's' };
}

const COST: MeasuredField = { kinds: ['execution.measured'], field: 'dollars', unit: 'USD' };

function count(...kinds: readonly string[]): WatchedMetric {
  return { of: 'count', kinds };
}

function open(begins: readonly string[], ends: readonly string[]): WatchedMetric {
  return { of: 'open', begins, ends, unit: 's' };
}

/** Metrics that rules may give. */
export const WATCHED_METRICS: Readonly<Record<string, WatchedMetric>> = {
  'execution.duration': seconds('tookMs', ...EXECUTION_ENDED),
  'execution.age': open(['execution.started', 'execution.redriven'], EXECUTION_ENDED),
  'execution.cost': { of: 'value', ...COST },
  'execution.spending': { of: 'sum', ...COST },
  'execution.starts': count('execution.started'),
  'execution.failures': count(...EXECUTION_ENDED.slice(1)),
  'execution.rollbacks': count('execution.rolling-back'),
  'execution.paused': open(['execution.paused'], ['execution.resumed', ...EXECUTION_ENDED]),
  'step.duration': seconds('tookMs', 'step.succeeded', 'step.failed'),
  'step.failures': count('step.failed'),
  'step.waiting': open(['step.waiting'], ['step.waited']),
  'command.duration': seconds('tookMs', ...COMMAND_ENDED),
  'command.wait': seconds('waitedMs', 'command.sent'),
  'command.age': open(['command.sent'], COMMAND_ENDED),
  'command.failures': count('command.failed', 'command.timed-out', 'command.expired'),
  'command.undoFailures': count('command.undo-failed', 'step.compensation-failed'),
  'device.flaps': count('device.offline'),
  'device.breakers': count('device.breaker-opened', 'device.quarantined'),
  'undo.unproven': { of: 'count', kinds: ['execution.started'], having: 'unprovenUndos' },
  'decision.count': count('decision.made'),
  'lease.wait': seconds('waitedMs', 'lease.granted', 'lease.refused'),
  'lease.held': seconds('heldMs', 'lease.released'),
  'lease.waiting': open(['lease.requested'], ['lease.granted', 'lease.refused', 'lease.left']),
  'alarm.age': open(['alarm.raised'], ['alarm.cleared']),
  'approval.wait': seconds('waitedMs', 'approval.approved', 'approval.rejected', 'approval.expired'),
  'approval.waiting': open(
    ['approval.asked'],
    ['approval.approved', 'approval.rejected', 'approval.expired', 'approval.cancelled'],
  ),
};

/** Metrics that have a name already, and of which nothing is known yet, with why. */
export const UNMEASURED: Readonly<Record<string, string>> = {
  'server.memory': 'what the server takes is told by /v1/metrics alone',
};

/** So far back events are kept to look at, in ms. */
export const LONGEST_LOOK_MS = 7 * 86_400_000;
