import { isJsonObject } from '#core/json.ts';
import { type Command, type CommandStatus, OPEN } from '#devices/command.ts';
import type { Item } from '#table/table.ts';
import { failureOf, type RecordChange } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';
import { RecordFields } from './record-fields.ts';

/** Of a command's record no arguments and no results are told, which may be large, or secret. */
const fields = new RecordFields<Command>();

const KIND_OF_STATUS = {
  QUEUED: 'command.queued',
  SENT: 'command.sent',
  DELIVERED: 'command.delivered',
  RUNNING: 'command.running',
  SUCCEEDED: 'command.succeeded',
  FAILED: 'command.failed',
  TIMED_OUT: 'command.timed-out',
  EXPIRED: 'command.expired',
  CANCELLED: 'command.cancelled',
} as const satisfies Record<CommandStatus, string>;

/** What the record of a command tells. */
export function tellCommand({ before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (after === undefined) return [];
  const events: MonitoringEvent[] = [];
  if (fields.isChanged(before, after, 'status')) events.push(moved(after, at));
  if (fields.isNew(before, after, 'undoneBy')) events.push(undone(after, at));
  if (after['undoError'] !== undefined && fields.isChanged(before, after, 'undoRound'))
    events.push(givenUp(after, at));
  if (fields.isNew(before, after, 'tookEffect')) events.push(verified(after, at));
  return events;
}

function moved(command: Item, at: number): MonitoringEvent {
  const status = fields.nameIn(command, 'status', KIND_OF_STATUS);
  const times = OPEN.includes(status) ? timesOfOpen(command, status, at) : timesOfEnded(command, at);
  return makeEvent({
    kind: KIND_OF_STATUS[status],
    key: [fields.text(command, 'id')],
    at: times.at,
    subject: subjectOf(command),
    data: { ...told(command), ...times.data },
  });
}

/** When a status was taken on: the record has those of the ones that count. */
function timesOfOpen(command: Item, status: CommandStatus, at: number) {
  const queuedAt = fields.number(command, 'queuedAt');
  const sentAt = fields.optionalNumber(command, 'sentAt');
  if (status === 'QUEUED') return { at: queuedAt, data: {} };
  if (status !== 'SENT' || sentAt === undefined) return { at, data: {} };
  return { at: sentAt, data: { waitedMs: sentAt - queuedAt } };
}

function timesOfEnded(command: Item, at: number) {
  const queuedAt = fields.number(command, 'queuedAt');
  const sentAt = fields.optionalNumber(command, 'sentAt');
  const endedAt = fields.optionalNumber(command, 'endedAt');
  const error = fields.optionalText(command, 'error');
  const data = {
    ...failureOf({ error, cause: fields.optionalText(command, 'cause') }),
    expected: fields.optionalFlag(command, 'expected'),
    waitedMs: (sentAt ?? endedAt ?? queuedAt) - queuedAt,
    tookMs: sentAt === undefined || endedAt === undefined ? undefined : endedAt - sentAt,
    type: fields.optionalText(command, 'deviceType'),
    zone: fields.optionalText(command, 'deviceZone'),
    strategy: strategyOf(command['route']),
  };
  return { at: endedAt ?? at, data };
}

function strategyOf(route: Item[string]): string | undefined {
  const strategy = isJsonObject(route) ? route['strategy'] : undefined;
  return typeof strategy === 'string' ? strategy : undefined;
}

function undone(command: Item, at: number): MonitoringEvent {
  return makeEvent({
    kind: 'command.undone',
    key: [fields.text(command, 'id')],
    at: fields.optionalNumber(command, 'undoneAt') ?? at,
    subject: subjectOf(command),
    data: { ...told(command), by: fields.text(command, 'undoneBy') },
  });
}

function givenUp(command: Item, at: number): MonitoringEvent {
  const error = fields.text(command, 'undoError');
  return makeEvent({
    kind: 'command.undo-failed',
    key: [fields.text(command, 'id'), fields.optionalNumber(command, 'undoRound') ?? 0],
    at,
    subject: subjectOf(command),
    data: { ...told(command), ...failureOf({ error, cause: fields.optionalText(command, 'undoCause') }) },
  });
}

function verified(command: Item, at: number): MonitoringEvent {
  const tookEffect = fields.flag(command, 'tookEffect');
  return makeEvent({
    kind: 'command.verified',
    key: [fields.text(command, 'id'), String(tookEffect)],
    at: fields.optionalNumber(command, 'verifiedAt') ?? at,
    subject: subjectOf(command),
    data: { ...told(command), tookEffect },
  });
}

function told(command: Item) {
  return {
    name: fields.text(command, 'command'),
    status: fields.nameIn(command, 'status', KIND_OF_STATUS),
    attempt: fields.number(command, 'attempt'),
    undoes: fields.optionalText(command, 'undoes'),
    verifies: fields.optionalText(command, 'verifies'),
  };
}

function subjectOf(command: Item): EventSubject {
  const execution = fields.optionalText(command, 'execution');
  const path = fields.optionalText(command, 'path');
  return {
    ...(execution === undefined ? {} : { execution }),
    ...(path === undefined ? {} : { path }),
    ...{ device: fields.text(command, 'device'), command: fields.text(command, 'id') },
  };
}
