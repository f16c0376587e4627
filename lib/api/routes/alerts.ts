import * as z from 'zod';
import { parseDuration } from '#core/duration.ts';
import { SeveritySchema } from '#definition/alert/severity.ts';
import { DurationSchema } from '#definition/fields.ts';
import { alertsAnswered } from '#monitoring/alerts/alerts-answered.ts';
import { withFailedDevices } from '#monitoring/alerts/failed-devices.ts';
import type { AlertStatus } from '#monitoring/alerts/records/alert-record.ts';
import { type AlertFilter, getAlert, listAlerts } from '#monitoring/alerts/store/alert-store.ts';
import { acknowledgeAlert, noteSilenced, resolveAlert } from '#monitoring/alerts/store/answer-alert.ts';
import { putSilence } from '#monitoring/alerts/store/silence-store.ts';
import { AlertDocument, SilenceDocument, toAlertDocument, toSilenceDocument } from '../alert-documents.ts';
import { OperatorBody } from '../operator-body.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const STATUSES = {
  pending: 'PENDING',
  firing: 'FIRING',
  acknowledged: 'ACKNOWLEDGED',
  resolved: 'RESOLVED',
} as const satisfies Record<string, AlertStatus>;

const AlertsQuery = PageQuerySchema.extend({
  state: z
    .enum(['pending', 'firing', 'acknowledged', 'resolved'])
    .optional()
    .describe('Only these. Default: all that are not over.'),
  severity: SeveritySchema.optional(),
});

const SilenceBody = OperatorBody.extend({
  for: DurationSchema.default('1h').describe('For how long. Default 1h.'),
});

function filterOf({ state, severity }: z.infer<typeof AlertsQuery>): AlertFilter {
  return { status: state === undefined ? undefined : STATUSES[state], severity };
}

/** Routes of alerts. */
export const ALERT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/alerts',
    summary: 'List alerts, the newest first: those that are not over, or those in one state',
    query: AlertsQuery,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('alerts', AlertDocument) } },
    serve: async ({ table }, { query }) => {
      const { alerts, ...rest } = await listAlerts(table, filterOf(query), pageOf(query));
      return { status: 200, document: { alerts: alerts.map(toAlertDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/alerts/{id}',
    summary: 'Read an alert, with who has said what of it',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The alert.', schema: AlertDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toAlertDocument(await withFailedDevices(table, await getAlert(table, params['id'] ?? ''))),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/alerts/{id}/acknowledge',
    summary: 'Say that somebody looks after an alert: nobody is told of it any more',
    query: UNREAD,
    body: OperatorBody,
    answers: { 200: { description: 'The alert as it now is.', schema: AlertDocument } },
    serve: async (ports, { params, body: { by, reason: why } }) => {
      const alert = await acknowledgeAlert(ports, params['id'] ?? '', { by, why });
      await alertsAnswered(ports, [alert]);
      return { status: 200, document: toAlertDocument(alert) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/alerts/{id}/resolve',
    summary: 'Say that an alert is over; no new one is made of it before it was well in between',
    query: UNREAD,
    body: OperatorBody,
    answers: { 200: { description: 'The alert as it now is.', schema: AlertDocument } },
    serve: async (ports, { params, body: { by, reason: why } }) => {
      const alert = await resolveAlert(ports, params['id'] ?? '', { by, why });
      await alertsAnswered(ports, [alert]);
      return { status: 200, document: toAlertDocument(alert) };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/alerts/{id}/silence',
    summary: 'Tell nobody of an alert for some time, nor of the same one when it comes again',
    query: UNREAD,
    body: SilenceBody,
    answers: { 201: { description: 'The silence.', schema: SilenceDocument } },
    serve: async (ports, { params, body }) => {
      const { group, alert, by: values, id } = await getAlert(ports.table, params['id'] ?? '');
      const { by, reason } = body;
      const silence = await putSilence(ports, {
        ...{ group, match: { alert: [alert] }, by: values, createdBy: by },
        until: ports.clock.now() + (parseDuration(body.for) ?? 0),
        reason: reason ?? `silenced by ${by}`,
      });
      await noteSilenced(ports, id, { by, why: reason });
      return { status: 201, document: toSilenceDocument(silence) };
    },
  }),
];
