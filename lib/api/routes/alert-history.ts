import { alertHistory } from '#monitoring/alerts/history/alert-history.ts';
import { getAlert } from '#monitoring/alerts/store/alert-store.ts';
import { AlertHistoryDocument, toAlertHistoryDocument } from '../alert-history-documents.ts';
import { defineRoute, UNREAD } from '../route.ts';

/** The route of the history of an alert. */
export const ALERT_HISTORY_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/alerts/{id}/history',
    summary: 'Tell all that has become of an alert: who was told, whether it arrived, who has said what',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Its history.', schema: AlertHistoryDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toAlertHistoryDocument(await alertHistory(table, await getAlert(table, params['id'] ?? ''))),
    }),
  }),
];
