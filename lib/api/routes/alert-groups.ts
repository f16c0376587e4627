import * as z from 'zod';
import { deleteAlertGroup, listAlertGroups } from '#monitoring/alerts/store/group-store.ts';
import { AlertGroupDocument, toGroupDocument } from '../alert-documents.ts';
import { alertSource, publishAlertText } from '../alerts.ts';
import { defineRoute, TEXT, UNREAD } from '../route.ts';

/** Routes of groups of alerts: the files of rules that are published. */
export const ALERT_GROUP_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/alert-groups',
    summary: 'List the groups of alerts that are published, with their rules',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All of them.', schema: z.object({ groups: z.array(AlertGroupDocument) }) },
    },
    serve: async ({ table }) => ({
      status: 200,
      document: { groups: (await listAlertGroups(table)).map(toGroupDocument) },
    }),
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/alert-groups/{name}',
    summary: 'Publish a group of alerts, in the place of the one before; the body is its text',
    query: UNREAD,
    body: TEXT,
    answers: { 200: { description: 'The group.', schema: AlertGroupDocument } },
    serve: async (ports, { params, body }) => ({
      status: 200,
      document: toGroupDocument(await publishAlertText(ports, alertSource(body), params['name'])),
    }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/alert-groups/{name}',
    summary: 'Take a group of alerts away: its alerts are over',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'As it was.', schema: AlertGroupDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toGroupDocument(await deleteAlertGroup(table, params['name'] ?? '')),
    }),
  }),
];
