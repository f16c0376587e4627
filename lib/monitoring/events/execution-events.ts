import { isJsonObject, type Json } from '#core/json.ts';
import type { Execution, ExecutionStatus } from '#executions/execution.ts';
import { OperatorActionSchema } from '#executions/operate/action.ts';
import { type ChangeOf, failureOf, type RecordChange, tellerOf } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';
import { nameIn, numberOf, optionalNumberOf, optionalTextOf, textOf, type Unread } from './record-fields.ts';

type ExecutionRecord = Unread<Execution>;

/** The kind of event by which a status is told. A status that is told by none is that of a redrive. */
const KIND_OF_STATUS = {
  SUCCEEDED: 'execution.succeeded',
  FAILED: 'execution.failed',
  TIMED_OUT: 'execution.timed-out',
  STOPPED: 'execution.stopped',
  ROLLING_BACK: 'execution.rolling-back',
  ROLLED_BACK: 'execution.rolled-back',
  ROLLBACK_INCOMPLETE: 'execution.rollback-incomplete',
} as const satisfies { readonly [Status in ExecutionStatus]?: string };

/** What the record of an execution tells. */
export function tellExecution({ before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (after === undefined) return [];
  if (before === undefined) return [started(after)];
  const [was, is]: [ExecutionRecord, ExecutionRecord] = [before, after];
  const events: MonitoringEvent[] = [];
  if (is.pausedAt !== was.pausedAt) events.push(...pauses(was, is, at));
  if (redrives(is) > redrives(was)) events.push(redriven(was, is));
  if (is.status !== was.status && is.status !== 'RUNNING') events.push(moved(is, at));
  return events;
}

function started(execution: ExecutionRecord): MonitoringEvent {
  const { parent } = execution;
  return makeEvent({
    kind: 'execution.started',
    key: [textOf(execution.id, 'id')],
    at: numberOf(execution.startedAt, 'startedAt'),
    subject: subjectOf(execution),
    data: {
      alias: optionalTextOf(execution.alias, 'alias'),
      startedBy: optionalTextOf(execution.startedBy, 'startedBy'),
      parent: parent === undefined ? undefined : callerOf(parent),
      unprovenUndos: optionalNumberOf(execution.unprovenUndos, 'unprovenUndos'),
    },
  });
}

function callerOf(parent: Json): string {
  return textOf(isJsonObject(parent) ? parent['execution'] : undefined, 'parent.execution');
}

function moved(execution: ExecutionRecord, at: number): MonitoringEvent {
  const status = nameIn(KIND_OF_STATUS, execution.status, 'status');
  const endedAt = optionalNumberOf(execution.endedAt, 'endedAt') ?? at;
  const redriveCount = optionalNumberOf(execution.redriveCount, 'redriveCount');
  const error = optionalTextOf(execution.error, 'error');
  return makeEvent({
    kind: KIND_OF_STATUS[status],
    // What has failed may fail again when it is redriven, and be rolled back again.
    key: [
      ...[textOf(execution.id, 'id'), redriveCount ?? 0],
      optionalNumberOf(execution.unwindRun, 'unwindRun') ?? 0,
    ],
    at: endedAt,
    subject: subjectOf(execution),
    data: {
      status,
      ...failureOf({ error, cause: optionalTextOf(execution.cause, 'cause') }),
      tookMs: endedAt - numberOf(execution.startedAt, 'startedAt'),
      redriveCount,
    },
  });
}

function redrives(execution: ExecutionRecord): number {
  return optionalNumberOf(execution.redriveCount, 'redriveCount') ?? 0;
}

function redriven(before: ExecutionRecord, after: ExecutionRecord): MonitoringEvent {
  const redriveCount = redrives(after);
  return makeEvent({
    kind: 'execution.redriven',
    key: [textOf(after.id, 'id'), redriveCount],
    at: optionalNumberOf(after.redrivenAt, 'redrivenAt') ?? numberOf(after.startedAt, 'startedAt'),
    subject: subjectOf(after),
    data: { redriveCount, from: nameIn({ RUNNING: undefined, ...KIND_OF_STATUS }, before.status, 'status') },
  });
}

/** An execution that ends while it is paused has not been resumed. */
function pauses(before: ExecutionRecord, after: ExecutionRecord, at: number): MonitoringEvent[] {
  const subject = subjectOf(after);
  const id = textOf(after.id, 'id');
  const [since, until] = [before, after].map((execution) => optionalNumberOf(execution.pausedAt, 'pausedAt'));
  if (since === undefined && until !== undefined)
    return [makeEvent({ kind: 'execution.paused', key: [id, until], at: until, subject, data: {} })];
  if (since === undefined || until !== undefined || after.status !== 'RUNNING') return [];
  const data = { pausedMs: at - since };
  return [makeEvent({ kind: 'execution.resumed', key: [id, since], at, subject, data })];
}

function subjectOf(execution: ExecutionRecord): EventSubject {
  return {
    execution: textOf(execution.id, 'id'),
    workflow: textOf(execution.workflow, 'workflow'),
    version: textOf(execution.version, 'version'),
  };
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
