import { ExecutionSchema, type ExecutionStatus } from '#executions/execution.ts';
import { OperatorActionSchema } from '#executions/operate/action.ts';
import { type ChangeOf, failureOf, tellerOf, tellerOfMove } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';

const RecordSchema = ExecutionSchema.omit({ input: true, output: true, machine: true });

/** What of the record before is looked at. */
const RecordBeforeSchema = RecordSchema.pick({ status: true, pausedAt: true, redriveCount: true });

type ExecutionRecord = ReturnType<typeof RecordSchema.parse>;
type RecordBefore = ReturnType<typeof RecordBeforeSchema.parse>;

/** The kind of event by which a status is told. A status that is told by none is that of a redrive. */
const KIND_OF_STATUS = {
  SUCCEEDED: 'execution.succeeded',
  FAILED: 'execution.failed',
  TIMED_OUT: 'execution.timed-out',
  STOPPED: 'execution.stopped',
  ROLLING_BACK: 'execution.rolling-back',
  ROLLED_BACK: 'execution.rolled-back',
  ROLLBACK_INCOMPLETE: 'execution.rollback-incomplete',
} as const satisfies Partial<Record<ExecutionStatus, string>>;

/** What the record of an execution tells. */
export const tellExecution = tellerOfMove(RecordBeforeSchema, RecordSchema, ({ before, after, at }) => {
  if (after === undefined) return [];
  if (before === undefined) return [started(after)];
  return [
    ...pauses(before, after, at),
    ...(isRedriven(before, after) ? [redriven(before, after)] : []),
    ...(after.status === before.status || after.status === 'RUNNING' ? [] : [moved(after, after.status, at)]),
  ];
});

function started(execution: ExecutionRecord): MonitoringEvent {
  const { id, alias, startedBy, parent, unprovenUndos, startedAt: at } = execution;
  const data = { alias, startedBy, parent: parent?.execution, unprovenUndos };
  return makeEvent({ kind: 'execution.started', key: [id], at, subject: subjectOf(execution), data });
}

function moved(
  execution: ExecutionRecord,
  status: Exclude<ExecutionStatus, 'RUNNING'>,
  at: number,
): MonitoringEvent {
  const { id, startedAt, endedAt = at, redriveCount, unwindRun = 0 } = execution;
  return makeEvent({
    kind: KIND_OF_STATUS[status],
    // What has failed may fail again when it is redriven, and be rolled back again.
    key: [id, redriveCount ?? 0, unwindRun],
    at: endedAt,
    subject: subjectOf(execution),
    data: { status, ...failureOf(execution), tookMs: endedAt - startedAt, redriveCount },
  });
}

function isRedriven(before: RecordBefore, after: ExecutionRecord): boolean {
  return (after.redriveCount ?? 0) > (before.redriveCount ?? 0);
}

function redriven({ status: from }: RecordBefore, after: ExecutionRecord): MonitoringEvent {
  const { id, redriveCount = 0, redrivenAt: at = after.startedAt } = after;
  const data = { redriveCount, from };
  return makeEvent({
    ...{ kind: 'execution.redriven', key: [id, redriveCount], at, data },
    subject: subjectOf(after),
  });
}

/** An execution that ends while it is paused has not been resumed. */
function pauses(before: RecordBefore, after: ExecutionRecord, at: number): MonitoringEvent[] {
  const subject = subjectOf(after);
  const { id } = after;
  if (before.pausedAt === undefined && after.pausedAt !== undefined) {
    return [
      makeEvent({
        kind: 'execution.paused',
        key: [id, after.pausedAt],
        at: after.pausedAt,
        subject,
        data: {},
      }),
    ];
  }
  if (before.pausedAt === undefined || after.pausedAt !== undefined || after.status !== 'RUNNING') return [];
  const data = { pausedMs: at - before.pausedAt };
  return [makeEvent({ kind: 'execution.resumed', key: [id, before.pausedAt], at, subject, data })];
}

function subjectOf({ id, workflow, version }: ExecutionRecord): EventSubject {
  return { execution: id, workflow, version };
}

/** What the record of an operator's action tells. */
export const tellAction = tellerOf(OperatorActionSchema, ({ key, before, after }) => {
  if (after === undefined) return [];
  const isNew = before === undefined || before.refused !== after.refused;
  return isNew ? [acted(key, after)] : [];
});

function acted(
  { pk }: ChangeOf<unknown>['key'],
  { id, at, by, operation, reason, refused, details }: ReturnType<typeof OperatorActionSchema.parse>,
): MonitoringEvent {
  const { path } = details;
  return makeEvent({
    kind: 'operator.acted',
    key: [id, ...(refused === undefined ? [] : ['refused'])],
    at,
    subject: {
      execution: pk.slice(pk.indexOf('#') + 1),
      ...(typeof path === 'string' ? { path } : {}),
    },
    data: { operation, by, reason, refused },
  });
}
