import { isJsonObject, type Json } from '#core/json.ts';
import { type Command, type CommandStatus, OPEN } from '#devices/command.ts';
import { failureOf, type RecordChange } from './change-of.ts';
import { type MonitoringEvent, makeEvent } from './event.ts';
import type { EventData } from './kinds.ts';
import {
  flagOf,
  nameIn,
  numberOf,
  optionalNumberOf,
  optionalTextOf,
  textOf,
  type Unread,
} from './record-fields.ts';

/** Of a command's record no arguments and no results are told, which may be large, or secret. */
type CommandRecord = Unread<Command>;

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
} as const satisfies { readonly [Status in CommandStatus]: string };

/** What all events of commands say, and then what some do. */
type Told = EventData<'command.succeeded'>;

/** What the record of a command tells. */
export function tellCommand({ before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (after === undefined) return [];
  const [was, is]: [CommandRecord | undefined, CommandRecord] = [before, after];
  const events: MonitoringEvent[] = [];
  if (is.status !== was?.status) events.push(moved(is, at));
  if (is.undoneBy !== undefined && is.undoneBy !== was?.undoneBy) events.push(undone(is, at));
  if (is.undoError !== undefined && is.undoRound !== was?.undoRound) events.push(givenUp(is, at));
  if (is.tookEffect !== undefined && is.tookEffect !== was?.tookEffect) events.push(verified(is, at));
  return events;
}

function moved(command: CommandRecord, now: number): MonitoringEvent {
  const data = told(command);
  const at = OPEN.includes(data.status) ? tellOpen(data, command, now) : tellEnded(data, command, now);
  return makeEvent({
    kind: KIND_OF_STATUS[data.status],
    key: [textOf(command.id, 'id')],
    at,
    subject: subjectOf(command),
    data,
  });
}

/** Adds what is known of one that may still be done. Gives when it took on its status: the record has the times of those that count. */
function tellOpen(data: Told, command: CommandRecord, now: number): number {
  const queuedAt = numberOf(command.queuedAt, 'queuedAt');
  if (data.status === 'QUEUED') return queuedAt;
  const sentAt = optionalNumberOf(command.sentAt, 'sentAt');
  if (data.status !== 'SENT' || sentAt === undefined) return now;
  data.waitedMs = sentAt - queuedAt;
  return sentAt;
}

/** Adds what is known of one that has ended. Gives when that was. */
function tellEnded(data: Told, command: CommandRecord, now: number): number {
  const queuedAt = numberOf(command.queuedAt, 'queuedAt');
  const sentAt = optionalNumberOf(command.sentAt, 'sentAt');
  const endedAt = optionalNumberOf(command.endedAt, 'endedAt');
  const error = optionalTextOf(command.error, 'error');
  const cause = optionalTextOf(command.cause, 'cause');
  if (error !== undefined || cause !== undefined) Object.assign(data, failureOf({ error, cause }));
  if (command.expected !== undefined) data.expected = flagOf(command.expected, 'expected');
  data.waitedMs = (sentAt ?? endedAt ?? queuedAt) - queuedAt;
  if (sentAt !== undefined && endedAt !== undefined) data.tookMs = endedAt - sentAt;
  if (command.deviceType !== undefined) data.type = textOf(command.deviceType, 'deviceType');
  if (command.deviceZone !== undefined) data.zone = textOf(command.deviceZone, 'deviceZone');
  if (command.route !== undefined) data.strategy = strategyOf(command.route);
  return endedAt ?? now;
}

function strategyOf(route: Json): string {
  return textOf(isJsonObject(route) ? route['strategy'] : undefined, 'route.strategy');
}

function undone(command: CommandRecord, now: number): MonitoringEvent {
  return makeEvent({
    kind: 'command.undone',
    key: [textOf(command.id, 'id')],
    at: optionalNumberOf(command.undoneAt, 'undoneAt') ?? now,
    subject: subjectOf(command),
    data: { ...told(command), by: textOf(command.undoneBy, 'undoneBy') },
  });
}

function givenUp(command: CommandRecord, at: number): MonitoringEvent {
  const error = textOf(command.undoError, 'undoError');
  const cause = optionalTextOf(command.undoCause, 'undoCause');
  return makeEvent({
    kind: 'command.undo-failed',
    key: [textOf(command.id, 'id'), optionalNumberOf(command.undoRound, 'undoRound') ?? 0],
    at,
    subject: subjectOf(command),
    data: { ...told(command), ...failureOf({ error, cause }) },
  });
}

function verified(command: CommandRecord, now: number): MonitoringEvent {
  const tookEffect = flagOf(command.tookEffect, 'tookEffect');
  return makeEvent({
    kind: 'command.verified',
    key: [textOf(command.id, 'id'), String(tookEffect)],
    at: optionalNumberOf(command.verifiedAt, 'verifiedAt') ?? now,
    subject: subjectOf(command),
    data: { ...told(command), tookEffect },
  });
}

function told(command: CommandRecord): Told {
  const data: Told = {
    name: textOf(command.command, 'command'),
    status: nameIn(KIND_OF_STATUS, command.status, 'status'),
    attempt: numberOf(command.attempt, 'attempt'),
  };
  if (command.undoes !== undefined) data.undoes = textOf(command.undoes, 'undoes');
  if (command.verifies !== undefined) data.verifies = textOf(command.verifies, 'verifies');
  return data;
}

function subjectOf(command: CommandRecord) {
  return {
    execution: optionalTextOf(command.execution, 'execution'),
    path: optionalTextOf(command.path, 'path'),
    device: textOf(command.device, 'device'),
    command: textOf(command.id, 'id'),
  };
}
