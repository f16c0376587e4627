import { z } from 'zod';
import { EventNameSchema } from '#compiler/wait-payload.ts';
import { JsonSchema } from '#core/json.ts';
import { listNotifications } from '#integrations/notify.ts';
import { APPROVAL_STATUSES, type Approval, getApproval, listOpenApprovals } from '#signals/approval.ts';
import { publishEvent } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import { instant } from '../documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const EventBody = z.object({
  name: EventNameSchema,
  data: JsonSchema.default({}).describe('What expressions see as $event.'),
});

const VoteDocument = z.object({
  by: z.string(),
  decision: z.enum(['approve', 'reject']),
  comment: z.string().optional(),
  at: z.string(),
});

const ApprovalDocument = z
  .object({
    id: z.string(),
    execution: z.string(),
    path: z.string().describe('Path of the step that waits.'),
    group: z.string(),
    message: z.string().optional(),
    quorum: z.number().int().describe('How many have to approve.'),
    status: z.enum(APPROVAL_STATUSES),
    votes: z.array(VoteDocument),
    askedAt: z.string(),
    dueAt: z.string().optional(),
    reminders: z.number().int(),
  })
  .meta({ id: 'Approval' });

const VoteBody = z.object({
  decision: z.enum(['approve', 'reject']),
  by: z.string().min(1).max(256).describe('Who says so.'),
  comment: z.string().max(4_096).exactOptional().describe('Why.'),
});

const NotificationDocument = z
  .object({
    id: z.string(),
    topic: z.string(),
    subject: z.string().optional(),
    message: JsonSchema,
    sentAt: z.string(),
  })
  .meta({ id: 'Notification' });

const NotificationsQuery = PageQuerySchema.extend({
  day: z.iso.date().optional().describe('A day (UTC); default today.'),
});

function toApprovalDocument(approval: Approval): z.input<typeof ApprovalDocument> {
  const { id, execution, path, group, message, quorum, status, votes, askedAt, dueAt, reminders } = approval;
  return {
    ...{ id, execution, path, group, quorum, status, reminders, askedAt: instant(askedAt) },
    votes: votes.map((one) => ({ ...one, at: instant(one.at) })),
    ...(message === undefined ? {} : { message }),
    ...(dueAt === undefined ? {} : { dueAt: instant(dueAt) }),
  };
}

/** Routes of what executions wait for from outside, and of what people are told. */
export const SIGNAL_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/events',
    summary: 'Tell every execution that waits for it of an event',
    query: UNREAD,
    body: EventBody,
    answers: {
      202: {
        description: 'Told.',
        schema: z.object({ taken: z.number().int().describe('How many steps have taken it.') }),
      },
    },
    serve: async (ports, { body }) => ({ status: 202, document: { taken: await publishEvent(ports, body) } }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/approvals',
    summary: 'List the approvals that nobody has decided, the oldest first',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('approvals', ApprovalDocument) } },
    serve: async ({ table }, { query }) => {
      const { approvals, ...rest } = await listOpenApprovals(table, pageOf(query));
      return { status: 200, document: { approvals: approvals.map(toApprovalDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/approvals/{id}',
    summary: 'Read an approval, with who has said what',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The approval.', schema: ApprovalDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toApprovalDocument(await getApproval(table, params['id'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/approvals/{id}',
    summary: 'Approve, or reject',
    query: UNREAD,
    body: VoteBody,
    answers: { 200: { description: 'The approval as it now is.', schema: ApprovalDocument } },
    serve: async (ports, { params, body }) => ({
      status: 200,
      document: toApprovalDocument(await vote(ports, params['id'] ?? '', body)),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/notifications',
    summary: 'List what people have been told on a day, the newest first',
    query: NotificationsQuery,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('notifications', NotificationDocument) } },
    serve: async ({ table, clock }, { query }) => {
      const { day = instant(clock.now()).slice(0, 10) } = query;
      const { notifications, ...rest } = await listNotifications(table, { day, ...pageOf(query) });
      const document = notifications.map((one) => ({ ...one, sentAt: instant(one.sentAt) }));
      return { status: 200, document: { notifications: document, ...rest } };
    },
  }),
];
