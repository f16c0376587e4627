import { isJsonObject } from '#core/json.ts';
import type { Execution, ExecutionStatus } from '#executions/execution.ts';
import { OperatorActionSchema } from '#executions/operate/action.ts';
import type { Item } from '#table/table.ts';
import { type ChangeOf, failureOf, type RecordChange, tellerOf } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';
import { RecordFields } from './record-fields.ts';

const fields = new RecordFields<Execution>();

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
export function tellExecution({ before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (after === undefined) return [];
  if (before === undefined) return [started(after)];
  const events: MonitoringEvent[] = [];
  if (fields.isChanged(before, after, 'pausedAt')) events.push(...pauses(before, after, at));
  if (redrives(after) > redrives(before)) events.push(redriven(before, after));
  if (fields.isChanged(before, after, 'status') && after['status'] !== 'RUNNING')
    events.push(moved(after, at));
  return events;
}

function started(execution: Item): MonitoringEvent {
  const { parent } = execution;
  return makeEvent({
    kind: 'execution.started',
    key: [fields.text(execution, 'id')],
    at: fields.number(execution, 'startedAt'),
    subject: subjectOf(execution),
    data: {
      alias: fields.optionalText(execution, 'alias'),
      startedBy: fields.optionalText(execution, 'startedBy'),
      parent: isJsonObject(parent) ? String(parent['execution']) : undefined,
      unprovenUndos: fields.optionalNumber(execution, 'unprovenUndos'),
    },
  });
}

function moved(execution: Item, at: number): MonitoringEvent {
  const status = fields.nameIn(execution, 'status', KIND_OF_STATUS);
  const endedAt = fields.optionalNumber(execution, 'endedAt') ?? at;
  const redriveCount = fields.optionalNumber(execution, 'redriveCount');
  const error = fields.optionalText(execution, 'error');
  return makeEvent({
    kind: KIND_OF_STATUS[status],
    // What has failed may fail again when it is redriven, and be rolled back again.
    key: [
      ...[fields.text(execution, 'id'), redriveCount ?? 0],
      fields.optionalNumber(execution, 'unwindRun') ?? 0,
    ],
    at: endedAt,
    subject: subjectOf(execution),
    data: {
      status,
      ...failureOf({ error, cause: fields.optionalText(execution, 'cause') }),
      tookMs: endedAt - fields.number(execution, 'startedAt'),
      redriveCount,
    },
  });
}

function redrives(execution: Item): number {
  return fields.optionalNumber(execution, 'redriveCount') ?? 0;
}

function redriven(before: Item, after: Item): MonitoringEvent {
  const redriveCount = redrives(after);
  return makeEvent({
    kind: 'execution.redriven',
    key: [fields.text(after, 'id'), redriveCount],
    at: fields.optionalNumber(after, 'redrivenAt') ?? fields.number(after, 'startedAt'),
    subject: subjectOf(after),
    data: { redriveCount, from: fields.nameIn(before, 'status', { RUNNING: undefined, ...KIND_OF_STATUS }) },
  });
}

/** An execution that ends while it is paused has not been resumed. */
function pauses(before: Item, after: Item, at: number): MonitoringEvent[] {
  const subject = subjectOf(after);
  const id = fields.text(after, 'id');
  const [since, until] = [before, after].map((execution) => fields.optionalNumber(execution, 'pausedAt'));
  if (since === undefined && until !== undefined)
    return [makeEvent({ kind: 'execution.paused', key: [id, until], at: until, subject, data: {} })];
  if (since === undefined || until !== undefined || after['status'] !== 'RUNNING') return [];
  const data = { pausedMs: at - since };
  return [makeEvent({ kind: 'execution.resumed', key: [id, since], at, subject, data })];
}

function subjectOf(execution: Item): EventSubject {
  return {
    execution: fields.text(execution, 'id'),
    workflow: fields.text(execution, 'workflow'),
    version: fields.text(execution, 'version'),
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
