import * as z from 'zod';
import {
  AnswerDocumentSchema,
  DecisionDocumentSchema,
  DecisionVersionSchema,
  PublishedDecisionSchema,
  WholeDecisionSchema,
} from '#api/routes/decisions.ts';
import type { Json } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';

/** A decision, as a list of the API has it. */
export type DecisionDocument = z.output<typeof DecisionDocumentSchema>;

/** A version, as a list of the API has it. */
export type DecisionVersionDocument = z.output<typeof DecisionVersionSchema>;

/** What was decided. */
export type AnswerDocument = z.output<typeof AnswerDocumentSchema>;

const PageSchema = z.object({ decisions: z.array(DecisionDocumentSchema), cursor: z.string().optional() });

/** Every published decision, by name. */
export async function fetchDecisions(server: Server): Promise<readonly DecisionDocument[]> {
  const found: DecisionDocument[] = [];
  let cursor: string | undefined;
  do {
    const query: Readonly<Record<string, string>> = cursor === undefined ? {} : { cursor };
    const call = { method: 'GET', path: ['decisions'], query, answer: PageSchema } as const;
    const { document } = await callApi(server, call);
    found.push(...document.decisions);
    cursor = document.cursor;
  } while (cursor !== undefined);
  return found;
}

/** The versions of a decision, the highest first. */
export async function fetchDecisionVersions(
  server: Server,
  name: string,
): Promise<readonly DecisionVersionDocument[]> {
  const answer = z.object({ versions: z.array(DecisionVersionSchema) });
  const path = ['decisions', name, 'versions'];
  return (await callApi(server, { method: 'GET', path, answer })).document.versions;
}

/** A version, or the highest of a range, with its text. */
export async function fetchDecision(
  server: Server,
  name: string,
  version: string,
): Promise<z.output<typeof WholeDecisionSchema>> {
  const path = ['decisions', name, 'versions', version];
  return (await callApi(server, { method: 'GET', path, answer: WholeDecisionSchema })).document;
}

/** Asks a decision. */
export async function evaluateDecision(
  server: Server,
  name: string,
  asked: { readonly input: Json; readonly version: string; readonly trace: boolean },
): Promise<AnswerDocument> {
  const path = ['decisions', name, 'evaluate'];
  const call = { method: 'POST', path, body: asked, answer: AnswerDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** Publishes the text of a decision. */
export async function putDecision(
  server: Server,
  name: string,
  text: string,
): Promise<z.output<typeof PublishedDecisionSchema> & { readonly isNew: boolean }> {
  const path = ['decisions', name];
  const call = { method: 'PUT', path, body: text, answer: PublishedDecisionSchema } as const;
  const { status, document } = await callApi(server, call);
  return { ...document, isNew: status === CREATED };
}

const CREATED = 201;
