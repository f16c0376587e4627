import * as z from 'zod';
import { HoldSchema } from '#concurrency/hold.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { HttpDoingSchema } from '#executions/http-call.ts';
import { ApprovalSchema } from '#signals/approval.ts';
import type { Key } from '#table/table.ts';
import { type ChangeOf, failureOf, type RecordChange, tellerOf } from './change-of.ts';
import { type EventSubject, isoOf, type MonitoringEvent, makeEvent } from './event.ts';

/** The step that a record in the partition of an execution is about: `<kind>#<path>:<attempt>…`. */
function subjectOf({ pk, sk }: Key, prefix: string): EventSubject {
  const [path = ''] = sk.slice(prefix.length).split(':');
  return { execution: pk.slice(pk.indexOf('#') + 1), path };
}

/** `<execution>:<path>:<attempt>`, as tasks are called. */
function taskOf({ pk, sk }: Key, prefix: string): string {
  return `${pk.slice(pk.indexOf('#') + 1)}:${sk.slice(prefix.length)}`;
}

/** What a wait for an event tells. */
export const tellWait = tellerOf(z.object({ event: z.string() }), ({ key, before, after, at }) => {
  const event = after?.event ?? before?.event;
  if (event === undefined || (before === undefined) === (after === undefined)) return [];
  const kind = after === undefined ? 'step.waited' : 'step.waiting';
  const subject = subjectOf(key, 'WAIT#');
  return [makeEvent({ kind, key: [taskOf(key, 'WAIT#')], at, subject, data: { event } })];
});

const PauseSchema = z.object({ request: z.object({ action: z.string() }) });

/** What a task of a rollout that waits tells. */
export const tellPause = tellerOf(PauseSchema, ({ key, before, after, at }) => {
  const action = (after ?? before)?.request.action;
  if (action === undefined || (before === undefined) === (after === undefined)) return [];
  const kind = after === undefined ? 'rollout.waited' : 'rollout.waiting';
  const subject = subjectOf(key, 'ROLLOUT#PAUSE#');
  return [makeEvent({ kind, key: [taskOf(key, 'ROLLOUT#PAUSE#')], at, subject, data: { action } })];
});

/** What it tells that a step was answered by a shared result. */
export function tellCached({ key, before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (before !== undefined || after === undefined) return [];
  const subject = subjectOf(key, 'CACHED#');
  return [makeEvent({ kind: 'step.cached', key: [taskOf(key, 'CACHED#')], at, subject, data: {} })];
}

/** What the mark of a failed iteration tells. */
export function tellFailedIteration({ key, before, after, at }: RecordChange): readonly MonitoringEvent[] {
  if (before !== undefined || after === undefined) return [];
  const subject = subjectOf(key, 'FAILED#');
  return [makeEvent({ kind: 'step.iteration-failed', key: [taskOf(key, 'FAILED#')], at, subject, data: {} })];
}

const DecidedSchema = z.object({ because: JsonObjectSchema });

/** What it tells why a step was decided so. */
export const tellDecided = tellerOf(DecidedSchema, ({ key, before, after, at }) => {
  if (before !== undefined || after === undefined) return [];
  const { decision, version, ...because } = after.because;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const data = { decision: text(decision), version: text(version), because };
  const subject = subjectOf(key, 'DECIDED#');
  return [makeEvent({ kind: 'decision.made', key: [taskOf(key, 'DECIDED#')], at, subject, data })];
});

const CalledSchema = HttpDoingSchema.pick({
  ...{ id: true, status: true, service: true, error: true, cause: true, undoneAt: true },
});

const KIND_OF_CALL = {
  OPEN: 'call.opened',
  DONE: 'call.done',
  REFUSED: 'call.refused',
  UNKNOWN: 'call.unknown',
} as const;

/** What a call over HTTP that can be undone tells. */
export const tellCalled = tellerOf(CalledSchema, ({ key, before, after, at }) => {
  if (after === undefined) return [];
  const { id, status, service, undoneAt } = after;
  const subject = subjectOf(key, 'CALLED#');
  const data = { service, ...failureOf(after) };
  return [
    ...(status === before?.status
      ? []
      : [makeEvent({ kind: KIND_OF_CALL[status], key: [id], at, subject, data })]),
    ...(undoneAt === undefined || undoneAt === before?.undoneAt
      ? []
      : [makeEvent({ kind: 'call.undone', key: [id, undoneAt], at: undoneAt, subject, data })]),
  ];
});

/** What it tells that a step holds units of pools, or stands in line for them. */
export const tellHold = tellerOf(HoldSchema, (change) => {
  const { key, before, after, at } = change;
  if (after === undefined) return before === undefined ? [] : [left(key, before, at)];
  const { id, pools, since, heldAt = at } = after;
  const subject = subjectOf(key, 'HOLD#');
  const isDecided = after.isHeld || after.refusal !== undefined;
  const wasDecided = before?.isHeld === true || before?.refusal !== undefined;
  return [
    ...(before === undefined && !after.isHeld
      ? [makeEvent({ kind: 'lease.requested', key: [id, since], at: since, subject, data: { pools } })]
      : []),
    ...(isDecided && !wasDecided
      ? [
          after.isHeld
            ? makeEvent({
                ...{ kind: 'lease.granted', key: [id, since], at: heldAt, subject },
                data: { pools, waitedMs: heldAt - since },
              })
            : makeEvent({
                ...{ kind: 'lease.refused', key: [id, since], at, subject },
                data: { pools, waitedMs: at - since, ...failureOf(after.refusal ?? {}) },
              }),
        ]
      : []),
  ];
});

function left(key: Key, { id, pools, since, isHeld, heldAt }: z.infer<typeof HoldSchema>, at: number) {
  const subject = subjectOf(key, 'HOLD#');
  if (!isHeld) return makeEvent({ kind: 'lease.left', key: [id, since], at, subject, data: { pools } });
  const data = { pools, heldMs: at - (heldAt ?? since) };
  return makeEvent({ kind: 'lease.released', key: [id, since], at, subject, data });
}

const KIND_OF_APPROVAL = {
  OPEN: 'approval.asked',
  APPROVED: 'approval.approved',
  REJECTED: 'approval.rejected',
  EXPIRED: 'approval.expired',
  CANCELLED: 'approval.cancelled',
} as const;

type Approval = z.infer<typeof ApprovalSchema>;

/** What an approval tells. */
export const tellApproval = tellerOf(ApprovalSchema, (change) => {
  const { key, before, after } = change;
  if (after === undefined) return [];
  const subject = subjectOf(key, 'APPROVAL#');
  const votes = after.votes.slice(before?.votes.length ?? 0);
  return [
    ...(before === undefined ? [answered(change, after, subject)] : []),
    ...votes.map(({ by, decision, via, at }) =>
      makeEvent({
        ...{ kind: 'approval.voted', key: [after.id, at, by], at, subject },
        data: { group: after.group, by, decision, via },
      }),
    ),
    ...escalated(before, after, subject),
    ...(before === undefined || after.status === before.status ? [] : [answered(change, after, subject)]),
  ];
});

function answered({ at }: ChangeOf<Approval>, approval: Approval, subject: EventSubject): MonitoringEvent {
  const { id, status, group, askedAt, dueAt } = approval;
  const isOpen = status === 'OPEN';
  return makeEvent({
    ...{ kind: KIND_OF_APPROVAL[status], key: [id, askedAt], at: isOpen ? askedAt : at, subject },
    data: {
      group,
      ...(dueAt === undefined ? {} : { dueAt: isoOf(dueAt) }),
      ...(isOpen ? {} : { waitedMs: at - askedAt }),
    },
  });
}

function escalated(before: Approval | undefined, after: Approval, subject: EventSubject): MonitoringEvent[] {
  const { id, group, escalate } = after;
  if (escalate?.at === undefined || escalate.at === before?.escalate?.at) return [];
  const data = { group, to: escalate.group };
  return [makeEvent({ kind: 'approval.escalated', key: [id, escalate.at], at: escalate.at, subject, data })];
}
