import type { MonitoringEvent } from '../events/event.ts';
import { EVENT_KINDS, type EventKind } from '../events/kinds.ts';
import { LAST_WORDS } from '../events/step-events.ts';
import type { LabelsOf, MetricName, Sample } from './metric-table.ts';

/**
 * What events add to metrics: the same on every runtime. What is known by the kind alone is one sample for all of a kind; a whole
 * fleet may come at once.
 */
export function measure(events: readonly MonitoringEvent[]): readonly Sample[] {
  const times = new Map<EventKind, number>();
  const samples: Sample[] = [];
  for (const event of events) {
    const { kind } = event;
    times.set(kind, (times.get(kind) ?? 0) + 1);
    for (const sample of MEASURE_OF_KIND.get(kind)?.(event) ?? []) samples.push(sample);
  }
  for (const [kind, value] of times)
    for (const { metric, labels } of countedByKind(kind)) samples.push({ metric, value, labels });
  return samples;
}

/** What every event of a kind counts once in. */
function countedByKind(kind: EventKind): readonly Sample[] {
  const all = count('stepwright_events', { family: familyOf(kind) });
  switch (kind) {
    case 'device.online':
      return [all, count('stepwright_device_presences', { status: 'online' })];
    case 'device.offline':
      return [all, count('stepwright_device_presences', { status: 'offline' })];
    case 'device.breaker-opened':
      return [all, count('stepwright_breakers_opened', { reason: 'failures' })];
    case 'device.quarantined':
      return [all, count('stepwright_breakers_opened', { reason: 'outlier' })];
    case 'device.breaker-closed':
      return [all, count('stepwright_breakers_closed', {})];
    default:
      return [all];
  }
}

/** What stands before the dot of a kind. */
function familyOf(kind: string): string {
  return kind.slice(0, kind.indexOf('.'));
}

/** What else is known of events, by what stands before the dot of their kinds. */
const MEASURES: Readonly<Record<string, (event: MonitoringEvent) => readonly Sample[]>> = {
  execution: ({ kind, workflow = '', data }) => {
    if (kind === 'execution.started') return [count('stepwright_executions_started', { workflow })];
    if (kind === 'execution.measured') {
      const dollars = Number(data['dollars']);
      return [{ ...count('stepwright_execution_cost_dollars', { workflow }), value: dollars }];
    }
    if (kind === 'execution.rolling-back') return [count('stepwright_rollbacks', { workflow })];
    if (!LAST_WORDS.includes(kind)) return [];
    const labels = { workflow, status: textOf(data['status']) };
    return [
      count('stepwright_executions_ended', labels),
      ...took('stepwright_execution_duration_seconds', data['tookMs'], labels),
    ];
  },
  step: ({ kind, workflow = '', data }) => {
    if (kind === 'step.cached') return [count('stepwright_steps_cached', { workflow })];
    const status = textOf(data['status']);
    if (status === '') return [];
    return [
      count('stepwright_steps_ended', { workflow, status }),
      ...took('stepwright_step_duration_seconds', data['tookMs'], { workflow }),
    ];
  },
  command: ({ kind, workflow = '', data }) => {
    const command = textOf(data['name']);
    const status = textOf(data['status']);
    switch (kind) {
      case 'command.queued':
      case 'command.delivered':
      case 'command.running':
      case 'command.verified':
        return [];
      case 'command.sent':
        return [
          count('stepwright_commands_sent', { workflow, command }),
          ...took('stepwright_command_wait_seconds', data['waitedMs'], { command }),
        ];
      case 'command.undone':
        return [count('stepwright_undos', { workflow, outcome: 'undone' })];
      case 'command.undo-failed':
        return [count('stepwright_undos', { workflow, outcome: 'failed' })];
      default:
        return [
          count('stepwright_commands_ended', { workflow, command, status }),
          ...took('stepwright_command_duration_seconds', data['tookMs'], { command }),
        ];
    }
  },
  decision: ({ kind, workflow = '', data }) =>
    kind === 'decision.made'
      ? [count('stepwright_decisions_made', { workflow, decision: textOf(data['decision']) })]
      : [],
  lease: ({ kind, data }) => {
    const pools = Object.entries(data['pools'] ?? {});
    if (kind === 'lease.granted') {
      return pools.flatMap(([pool, units]) => [
        { ...count('stepwright_leases_granted', { pool }), value: Number(units) },
        ...took('stepwright_lease_wait_seconds', data['waitedMs'], { pool }),
      ]);
    }
    if (kind !== 'lease.released') return [];
    return pools.flatMap(([pool]) => took('stepwright_lease_held_seconds', data['heldMs'], { pool }));
  },
  alert: ({ kind, data }) =>
    kind === 'alert.firing' ? [count('stepwright_alerts_fired', { severity: textOf(data['severity']) })] : [],
  approval: ({ kind, workflow = '', data }) => {
    const status = kind.slice('approval.'.length);
    if (!['approved', 'rejected', 'expired', 'cancelled'].includes(status)) return [];
    return [
      count('stepwright_approvals_ended', { workflow, status }),
      ...took('stepwright_approval_wait_seconds', data['waitedMs'], { workflow }),
    ];
  },
};

const MEASURE_OF_KIND = new Map(Object.keys(EVENT_KINDS).map((kind) => [kind, MEASURES[familyOf(kind)]]));

function count<Metric extends MetricName>(metric: Metric, labels: LabelsOf<Metric>): Sample {
  return { metric, value: 1, labels };
}

function took<Metric extends MetricName>(
  metric: Metric,
  ms: unknown,
  labels: LabelsOf<Metric>,
): readonly Sample[] {
  return typeof ms === 'number' ? [{ metric, value: Math.max(0, ms) / 1_000, labels }] : [];
}

/** Every dimension of a metric has a value: a command by hand has no workflow. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
