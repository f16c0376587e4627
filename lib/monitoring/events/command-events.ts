import * as z from 'zod';
import { CommandSchema, type CommandStatus, OPEN } from '#devices/command.ts';
import { failureOf, tellerOfMove } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';

/** What of a command's record is told: no arguments and no results, which may be large, or secret. */
const RecordSchema = CommandSchema.pick({
  ...{ id: true, device: true, command: true, status: true, execution: true, path: true, attempt: true },
  ...{ undoes: true, verifies: true, tookEffect: true, verifiedBy: true, verifiedAt: true },
  ...{ undoneBy: true, undoneAt: true, undoError: true, undoCause: true, undoRound: true },
  ...{ queuedAt: true, sentAt: true, endedAt: true, expected: true, error: true, cause: true },
  ...{ deviceType: true, deviceZone: true },
}).extend({ route: z.object({ strategy: z.string() }).exactOptional() });

const RecordBeforeSchema = RecordSchema.pick({
  ...{ status: true, undoneBy: true, undoRound: true, tookEffect: true },
});

type CommandRecord = z.infer<typeof RecordSchema>;

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
export const tellCommand = tellerOfMove(RecordBeforeSchema, RecordSchema, ({ before, after, at }) => {
  if (after === undefined) return [];
  const { undoneBy, undoError, undoRound, tookEffect } = after;
  const events: MonitoringEvent[] = [];
  if (after.status !== before?.status) events.push(moved(after, at));
  if (undoneBy !== undefined && undoneBy !== before?.undoneBy) events.push(undone(after, undoneBy, at));
  if (undoError !== undefined && undoRound !== before?.undoRound) events.push(givenUp(after, at));
  if (tookEffect !== undefined && tookEffect !== before?.tookEffect)
    events.push(verified(after, tookEffect, at));
  return events;
});

function moved(command: CommandRecord, at: number): MonitoringEvent {
  const { id, status } = command;
  return makeEvent({
    kind: KIND_OF_STATUS[status],
    key: [id],
    at: momentOf(command, at),
    subject: subjectOf(command),
    data: { ...told(command), ...(OPEN.includes(status) ? timesOfOpen(command) : timesOfEnded(command)) },
  });
}

/** When a status was taken on: the record has those of the ones that count. */
function momentOf({ status, queuedAt, sentAt, endedAt }: CommandRecord, at: number): number {
  if (status === 'QUEUED') return queuedAt;
  if (status === 'SENT') return sentAt ?? at;
  return OPEN.includes(status) ? at : (endedAt ?? at);
}

function timesOfOpen({ status, queuedAt, sentAt }: CommandRecord) {
  return status === 'SENT' && sentAt !== undefined ? { waitedMs: sentAt - queuedAt } : {};
}

function timesOfEnded({ queuedAt, sentAt, endedAt, ...command }: CommandRecord) {
  return {
    ...failureOf(command),
    expected: command.expected,
    waitedMs: (sentAt ?? endedAt ?? queuedAt) - queuedAt,
    tookMs: sentAt === undefined || endedAt === undefined ? undefined : endedAt - sentAt,
    ...{ type: command.deviceType, zone: command.deviceZone, strategy: command.route?.strategy },
  };
}

function undone(command: CommandRecord, by: string, at: number): MonitoringEvent {
  const { id, undoneAt = at } = command;
  return makeEvent({
    ...{ kind: 'command.undone', key: [id], at: undoneAt, subject: subjectOf(command) },
    data: { ...told(command), by },
  });
}

function givenUp(command: CommandRecord, at: number): MonitoringEvent {
  const { id, undoRound = 0, undoError: error, undoCause: cause } = command;
  return makeEvent({
    ...{ kind: 'command.undo-failed', key: [id, undoRound], at, subject: subjectOf(command) },
    data: { ...told(command), ...failureOf({ error, cause }) },
  });
}

function verified(command: CommandRecord, tookEffect: boolean, at: number): MonitoringEvent {
  const { id, verifiedAt = at } = command;
  return makeEvent({
    ...{
      kind: 'command.verified',
      key: [id, String(tookEffect)],
      at: verifiedAt,
      subject: subjectOf(command),
    },
    data: { ...told(command), tookEffect },
  });
}

function told({ command: name, status, attempt, undoes, verifies }: CommandRecord) {
  return { name, status, attempt, undoes, verifies };
}

function subjectOf({ id, device, execution, path }: CommandRecord): EventSubject {
  return {
    ...(execution === undefined ? {} : { execution }),
    ...(path === undefined ? {} : { path }),
    ...{ device, command: id },
  };
}
