import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import {
  NotificationRoutesSchema,
  type NotificationSettings,
  ReceiversSchema,
} from '#definition/notifications.ts';
import { findNotificationSettings, findReceiver, putNotificationSettings } from '#notifications/settings.ts';
import { testReceiver } from '#notifications/test-receiver.ts';
import { defineRoute, UNREAD } from '../route.ts';

const ReceiversDocument = z
  .object({ receivers: ReceiversSchema, notifications: NotificationRoutesSchema })
  .meta({ id: 'Receivers' });

function toReceiversDocument({ receivers, routes }: NotificationSettings): z.input<typeof ReceiversDocument> {
  return { receivers, notifications: [...routes] };
}

/** Routes of those who are told, and of what. */
export const RECEIVER_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/receivers',
    summary: 'Read who is told of what',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Receivers by name, and routes.', schema: ReceiversDocument } },
    serve: async ({ table }) => ({
      status: 200,
      document: toReceiversDocument(await findNotificationSettings(table)),
    }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/receivers',
    summary: 'Say who is told of what, from now on, in the place of all that was said before',
    query: UNREAD,
    body: z.object({
      receivers: ReceiversSchema.default({}),
      notifications: NotificationRoutesSchema.default([]),
    }),
    answers: { 200: { description: 'As it now is.', schema: ReceiversDocument } },
    serve: async ({ table }, { body }) => {
      const settings = { receivers: body.receivers, routes: body.notifications };
      demandKnown(settings);
      await putNotificationSettings(table, settings);
      return { status: 200, document: toReceiversDocument(settings) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/receivers/{name}/test',
    summary: 'Send a message to a receiver, or to an address by mail, once',
    query: UNREAD,
    body: UNREAD,
    answers: {
      202: {
        description: 'It is sent.',
        schema: z.object({ notificationId: z.string().describe('Whose delivery tells what came of it.') }),
      },
    },
    serve: async (ports, { params }) => ({
      status: 202,
      document: { notificationId: await testReceiver(ports, params['name'] ?? '') },
    }),
  }),
];

function demandKnown(settings: NotificationSettings): void {
  const named = [
    ...settings.routes.flatMap(({ to }) => to),
    ...Object.values(settings.receivers).flatMap(({ fallback }) => fallback ?? []),
  ];
  const unknown = named.find((name) => findReceiver(settings, name) === undefined);
  if (unknown === undefined) return;
  throw new StepwrightError({
    ...{ code: 'SW4001', kind: 'invalid', message: `there is no receiver "${unknown}" among those given` },
    hint: 'GET /v1/openapi.json says what each request takes',
  });
}
