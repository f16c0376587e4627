import type { MonitoringEvent } from '../events/event.ts';
import { EVENT_KINDS } from '../events/kinds.ts';
import { LAST_WORDS } from '../events/step-events.ts';
import type { LabelsOf, MetricName, Sample } from './metric-table.ts';

/** What an event adds to metrics: the same on every runtime. */
export function measure(event: MonitoringEvent): readonly Sample[] {
  const { counted, measureMore } = KINDS.get(event.kind) ?? kindOf(event.kind);
  const more = measureMore?.(event) ?? [];
  return more.length === 0 ? counted : [...counted, ...more];
}

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
  device: ({ kind }) => {
    if (kind === 'device.online' || kind === 'device.offline')
      return [count('stepwright_device_presences', { status: kind.slice('device.'.length) })];
    if (kind === 'device.breaker-opened')
      return [count('stepwright_breakers_opened', { reason: 'failures' })];
    if (kind === 'device.breaker-closed') return [count('stepwright_breakers_closed', {})];
    return kind === 'device.quarantined' ? [count('stepwright_breakers_opened', { reason: 'outlier' })] : [];
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

/** The samples that every event of a kind is, and what makes more of one, by what stands before the dot of the kind. */
function kindOf(kind: string) {
  const family = kind.slice(0, kind.indexOf('.'));
  return { counted: [count('stepwright_events', { family })], measureMore: MEASURES[family] };
}

/** Made once: something is counted of every event. */
const KINDS = new Map(Object.keys(EVENT_KINDS).map((kind) => [kind, kindOf(kind)]));

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
