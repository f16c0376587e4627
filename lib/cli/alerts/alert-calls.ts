import * as z from 'zod';
import {
  AlertGroupDocument,
  AlertDocument as AlertSchema,
  SilenceDocument as SilenceDocumentSchema,
} from '#api/alert-documents.ts';
import { AlertHistoryDocument } from '#api/alert-history-documents.ts';
import type { Json } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';
import type { HistoryDocument } from './print-history.ts';

/** An alert, as the API tells it. */
export type AlertDocument = z.output<typeof AlertSchema>;

/** A silence, as the API tells it. */
export type SilenceDocument = z.output<typeof SilenceDocumentSchema>;

/** Most that a list shows. */
const LIMIT = '200';

/** Alerts that are not over, or in one state, the newest first. */
export async function fetchAlerts(
  server: Server,
  { state, severity }: { readonly state?: string | undefined; readonly severity?: string | undefined },
): Promise<readonly AlertDocument[]> {
  const query: Readonly<Record<string, string>> = {
    limit: LIMIT,
    ...(state === undefined ? {} : { state }),
    ...(severity === undefined ? {} : { severity }),
  };
  const answer = z.object({ alerts: z.array(AlertSchema) });
  return (await callApi(server, { method: 'GET', path: ['alerts'], query, answer })).document.alerts;
}

/** One alert. */
export async function fetchAlert(server: Server, id: string): Promise<AlertDocument> {
  return (await callApi(server, { method: 'GET', path: ['alerts', id], answer: AlertSchema })).document;
}

/** All that has become of an alert. */
export async function fetchAlertHistory(server: Server, id: string): Promise<HistoryDocument> {
  const call = { method: 'GET', path: ['alerts', id, 'history'], answer: AlertHistoryDocument } as const;
  return (await callApi(server, call)).document;
}

/** Says something of an alert. */
export async function sendAnswer(
  server: Server,
  { id, verb }: { readonly id: string; readonly verb: 'acknowledge' | 'resolve' },
  body: Json,
): Promise<AlertDocument> {
  const call = { method: 'POST', path: ['alerts', id, verb], body, answer: AlertSchema } as const;
  return (await callApi(server, call)).document;
}

/** Silences an alert. */
export async function sendSilence(server: Server, id: string, body: Json): Promise<SilenceDocument> {
  const call = {
    method: 'POST',
    path: ['alerts', id, 'silence'],
    body,
    answer: SilenceDocumentSchema,
  } as const;
  return (await callApi(server, call)).document;
}

/** Silences all alerts that match. */
export async function makeSilence(server: Server, body: Json): Promise<SilenceDocument> {
  const call = { method: 'POST', path: ['silences'], body, answer: SilenceDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** The silences that people have made, and that are not over. */
export async function fetchSilences(server: Server): Promise<readonly SilenceDocument[]> {
  const answer = z.object({ silences: z.array(SilenceDocumentSchema) });
  return (await callApi(server, { method: 'GET', path: ['silences'], answer })).document.silences;
}

/** Ends a silence; gives it as it was. */
export async function endSilence(server: Server, id: string): Promise<SilenceDocument> {
  const call = { method: 'DELETE', path: ['silences', id], answer: SilenceDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** Publishes a group of alerts. */
export async function sendAlertGroup(server: Server, name: string, text: string) {
  const call = {
    ...({ method: 'PUT', path: ['alert-groups', name] } as const),
    ...{ body: text, answer: AlertGroupDocument },
  };
  return (await callApi(server, call)).document;
}
