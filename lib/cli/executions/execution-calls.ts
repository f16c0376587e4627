import * as z from 'zod';
import { ExecutionDocumentSchema, ExecutionSummarySchema, StartedDocumentSchema } from '#api/documents.ts';
import {
  type ActionDocumentSchema,
  type EventDocumentSchema,
  HistoryDocumentSchema,
} from '#api/history-documents.ts';
import { RolloutsDocumentSchema } from '#api/rollout-documents.ts';
import type { JsonObject } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';

/** An execution of a list. */
export type ExecutionSummary = z.output<typeof ExecutionSummarySchema>;

/** An execution with its steps. */
export type ExecutionDocument = z.output<typeof ExecutionDocumentSchema>;

/** What rollouts of an execution have come to. */
export type RolloutsDocument = z.output<typeof RolloutsDocumentSchema>;

/** An event of a history. */
export type EventDocument = z.output<typeof EventDocumentSchema>;

/** What an operator has done. */
export type ActionDocument = z.output<typeof ActionDocumentSchema>;

/** What the history tells: events, and what operators have done. */
export interface WholeHistory {
  readonly events: readonly EventDocument[];
  readonly actions: readonly ActionDocument[];
}

const PageSchema = z.object({ executions: z.array(ExecutionSummarySchema), cursor: z.string().optional() });

/** Which executions are asked for. */
export interface ListQuery {
  readonly workflow?: string | undefined;
  readonly day?: string | undefined;
  readonly status?: readonly string[] | undefined;
  readonly limit: number;
}

/** Executions, the newest first: at most so many. */
export async function fetchExecutions(
  server: Server,
  { workflow, day, status, limit }: ListQuery,
): Promise<readonly ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: String(Math.min(MOST_ON_A_PAGE, limit - found.length)),
      ...(workflow === undefined ? {} : { workflow }),
      ...(day === undefined ? {} : { day }),
      ...(status === undefined ? {} : { status: status.join(',') }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const call = { method: 'GET', path: ['executions'], query, answer: PageSchema } as const;
    const { document } = await callApi(server, call);
    found.push(...document.executions);
    cursor = document.cursor;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

const MOST_ON_A_PAGE = 1_000;

/** An execution with its steps. */
export async function fetchExecution(server: Server, id: string): Promise<ExecutionDocument> {
  const call = { method: 'GET', path: ['executions', id], answer: ExecutionDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** Starts an execution of a workflow. */
export async function startExecution(
  server: Server,
  workflow: string,
  body: JsonObject,
): Promise<z.output<typeof StartedDocumentSchema>> {
  const path = ['workflows', workflow, 'executions'];
  return (await callApi(server, { method: 'POST', path, body, answer: StartedDocumentSchema })).document;
}

/** The whole history of an execution. */
export async function fetchHistory(server: Server, id: string): Promise<WholeHistory> {
  const events: EventDocument[] = [];
  const actions: ActionDocument[] = [];
  for (;;) {
    const query = { after: String(events.at(-1)?.id ?? 0) };
    const path = ['executions', id, 'history'];
    const { document } = await callApi(server, { method: 'GET', path, query, answer: HistoryDocumentSchema });
    actions.push(...document.actions);
    if (document.events.length === 0) return { events, actions };
    events.push(...document.events);
  }
}

/** What operators have done to an execution: all of it comes with the first events. */
export async function fetchActions(server: Server, id: string): Promise<readonly ActionDocument[]> {
  const path = ['executions', id, 'history'];
  return (await callApi(server, { method: 'GET', path, answer: HistoryDocumentSchema })).document.actions;
}

/** How the rollouts of an execution were divided into waves, and what of them waits. */
export async function fetchRollouts(server: Server, id: string): Promise<RolloutsDocument> {
  const path = ['executions', id, 'rollouts'];
  return (await callApi(server, { method: 'GET', path, answer: RolloutsDocumentSchema })).document;
}

/** Does something to an execution; gives how it then stands. */
export async function operate(
  server: Server,
  { id, verb }: { readonly id: string; readonly verb: string },
  body: JsonObject,
): Promise<ExecutionSummary> {
  const path = ['executions', id, verb];
  return (await callApi(server, { method: 'POST', path, body, answer: ExecutionSummarySchema })).document;
}

/** Tells an execution of an event; says whether a step has taken it already. */
export async function sendSignal(server: Server, id: string, body: JsonObject): Promise<boolean> {
  const answer = z.object({ taken: z.boolean() });
  const path = ['executions', id, 'signal'];
  return (await callApi(server, { method: 'POST', path, body, answer })).document.taken;
}
