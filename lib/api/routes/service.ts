import * as z from 'zod';
import { defineRoute, UNREAD } from '../route.ts';

/** Routes that tell of the service itself. */
export const SERVICE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/health',
    summary: 'Tell that the service and its store answer',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'All is well.', schema: z.object({ status: z.literal('ok') }) } },
    serve: async ({ table }) => {
      await table.get({ pk: 'HEALTH', sk: 'META' });
      return { status: 200, document: { status: 'ok' } };
    },
  }),
];
