import * as z from 'zod';
import { ApprovalDocument as ApprovalSchema } from '#api/approval-documents.ts';
import type { JsonObject } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';

/** An approval, as the API tells it. */
export type ApprovalDocument = z.output<typeof ApprovalSchema>;

const PageSchema = z.object({ approvals: z.array(ApprovalSchema), cursor: z.string().optional() });

/** Every approval that nobody has decided, the oldest first. */
export async function fetchApprovals(server: Server): Promise<readonly ApprovalDocument[]> {
  const found: ApprovalDocument[] = [];
  let cursor: string | undefined;
  do {
    const query: Readonly<Record<string, string>> = cursor === undefined ? {} : { cursor };
    const { document } = await callApi(server, {
      method: 'GET',
      path: ['approvals'],
      query,
      answer: PageSchema,
    });
    found.push(...document.approvals);
    cursor = document.cursor;
  } while (cursor !== undefined);
  return found;
}

/** One approval. */
export async function fetchApproval(server: Server, id: string): Promise<ApprovalDocument> {
  return (await callApi(server, { method: 'GET', path: ['approvals', id], answer: ApprovalSchema })).document;
}

/** Approves or rejects; gives the approval as it then is. */
export async function sendVote(server: Server, id: string, body: JsonObject): Promise<ApprovalDocument> {
  const path = ['approvals', id];
  return (await callApi(server, { method: 'POST', path, body, answer: ApprovalSchema })).document;
}

const LinksSchema = z.object({ links: z.array(z.object({ to: z.string(), link: z.string() })) });

/** The links of those who are asked and have not spoken. */
export async function fetchLinks(server: Server, id: string): Promise<z.output<typeof LinksSchema>> {
  const path = ['approvals', id, 'links'];
  return (await callApi(server, { method: 'GET', path, answer: LinksSchema })).document;
}
