import type { ExecutionView } from '#executions/describe.ts';
import type { StepState, StepStatus } from '#executions/step-state.ts';
import { failureOf } from './change-of.ts';
import { isoOf, type MonitoringEvent, makeEvent } from './event.ts';
import type { EventKind } from './kinds.ts';

const KIND_OF_STATUS = {
  SUCCEEDED: 'step.succeeded',
  FAILED: 'step.failed',
  SKIPPED: 'step.skipped',
  CANCELLED: 'step.cancelled',
  COMPENSATED: 'step.compensated',
  COMPENSATION_FAILED: 'step.compensation-failed',
} as const satisfies Partial<Record<StepStatus, EventKind>>;

/** Kinds of events that say the last of an execution: what its history tells of its steps is told then. */
export const LAST_WORDS: readonly EventKind[] = [
  ...(['execution.succeeded', 'execution.failed', 'execution.timed-out', 'execution.stopped'] as const),
  ...(['execution.rolled-back', 'execution.rollback-incomplete'] as const),
];

/** What is told of an execution when it has said its last: how its steps went, and what it has taken. */
export function lastEventsOf(view: ExecutionView, at: number): readonly MonitoringEvent[] {
  return [...measuredEvents(view, at), ...stepEventsOf(view, at)];
}

function measuredEvents({ taken, ...view }: ExecutionView, at: number): readonly MonitoringEvent[] {
  if (taken === undefined) return [];
  const { stateTransitions, lambdaCalls, readUnits, writeUnits, dollars } = taken;
  return [
    makeEvent({
      ...{ kind: 'execution.measured', key: [view.id, view.redriveCount ?? 0], at },
      subject: { execution: view.id, workflow: view.workflow, version: view.version },
      data: { stateTransitions, lambdaCalls, readUnits, writeUnits, dollars },
    }),
  ];
}

/**
 * How each step of an execution that has ended went. No record is kept of a step's transitions, so that these are made of the
 * history, at the end. Steps that were told of before a redrive are not told of again.
 */
export function stepEventsOf(view: ExecutionView, at: number): readonly MonitoringEvent[] {
  const { redrivenAt = 0 } = view;
  return view.steps
    .filter(({ endedAt = at }) => endedAt >= redrivenAt)
    .flatMap((step) => stepEvent(view, step, at));
}

function stepEvent(view: ExecutionView, step: StepState, at: number): readonly MonitoringEvent[] {
  const { status, path, attempts, startedAt, endedAt, device, isCached } = step;
  if (status === 'PENDING' || status === 'RUNNING' || status === 'COMPENSATING') return [];
  const event = makeEvent({
    kind: KIND_OF_STATUS[status],
    key: [view.id, path, view.redriveCount ?? 0],
    at,
    subject: {
      ...{ execution: view.id, workflow: view.workflow, version: view.version, path },
      ...(device === undefined ? {} : { device }),
    },
    data: {
      ...{ status, attempts, isCached },
      ...(startedAt === undefined ? {} : { startedAt: isoOf(startedAt) }),
      ...(endedAt === undefined ? {} : { endedAt: isoOf(endedAt) }),
      tookMs: startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt,
      ...failureOf(step),
    },
  });
  return [event];
}
