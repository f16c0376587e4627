import * as z from 'zod';
import { cancelCommand } from '#devices/cancel.ts';
import { mailboxOf } from '#devices/mailbox.ts';
import { getDevice } from '#devices/registry.ts';
import { CommandDocumentSchema, toCommandDocument } from '../documents.ts';
import { OperatorBody } from '../operator-body.ts';
import { defineRoute, UNREAD } from '../route.ts';

/** What a device has to do. */
export const MailboxSchema = z
  .object({
    device: z.string(),
    status: z.enum(['online', 'offline']),
    inFlight: CommandDocumentSchema.optional().describe('What it was sent, and has not ended.'),
    waiting: z
      .array(CommandDocumentSchema)
      .describe('What waits, in the order in which it will be sent: the next 100.'),
  })
  .meta({ id: 'Mailbox' });

/** Routes of what devices have to do. */
export const MAILBOX_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/devices/{id}/mailbox',
    summary: 'Read what a device has to do: what it was sent, and what waits',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Its mailbox.', schema: MailboxSchema } },
    serve: async (ports, { params }) => {
      const { id, status } = await getDevice(ports.table, params['id'] ?? '');
      const { inFlight, waiting } = await mailboxOf(ports, id);
      const sent = inFlight === undefined ? {} : { inFlight: toCommandDocument(inFlight) };
      return {
        status: 200,
        document: { device: id, status, ...sent, waiting: waiting.map(toCommandDocument) },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/commands/{id}/cancel',
    summary: 'Take back a command that waits for its device',
    query: UNREAD,
    body: OperatorBody,
    answers: { 200: { description: 'Cancelled.', schema: CommandDocumentSchema } },
    serve: async (ports, { params, body }) => ({
      status: 200,
      document: toCommandDocument(await cancelCommand(ports, params['id'] ?? '', body)),
    }),
  }),
];
