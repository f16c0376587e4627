import * as z from 'zod';
import { voteOnApproval } from '#executions/operate/vote.ts';
import { getApproval, listOpenApprovals } from '#signals/approval.ts';
import { silentVoters } from '#signals/approval-notices.ts';
import { linkFor } from '#signals/links.ts';
import { ApprovalDocument, toApprovalDocument } from '../approval-documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const VoteBody = z.object({
  decision: z.enum(['approve', 'reject']),
  by: z.string().min(1).max(256).describe('Who says so.'),
  comment: z.string().max(4_096).exactOptional().describe('Why.'),
  via: z.enum(['api', 'cli']).default('api').describe('By which way, for the record.'),
});

const LinksDocument = z
  .object({
    links: z.array(
      z.object({ to: z.string(), link: z.string().describe('Whoever has it answers as this person.') }),
    ),
  })
  .meta({ id: 'ApprovalLinks' });

/** Routes of approvals. The page that a link leads to is in `answer/`: it takes no token. */
export const APPROVAL_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/approvals',
    summary: 'List the approvals that nobody has decided, the oldest first',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('approvals', ApprovalDocument) } },
    serve: async ({ table }, { query }) => {
      const { approvals, ...rest } = await listOpenApprovals(table, pageOf(query));
      return { status: 200, document: { approvals: approvals.map(toApprovalDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/approvals/{id}',
    summary: 'Read an approval, with who has said what',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The approval.', schema: ApprovalDocument } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toApprovalDocument(await getApproval(table, params['id'] ?? '')),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/approvals/{id}',
    summary: 'Approve, or reject; who has spoken already says something new instead, while it is open',
    query: UNREAD,
    body: VoteBody,
    answers: { 200: { description: 'The approval as it now is.', schema: ApprovalDocument } },
    serve: async (ports, { params, body }) => ({
      status: 200,
      document: toApprovalDocument(await voteOnApproval(ports, params['id'] ?? '', body)),
    }),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/approvals/{id}/links',
    summary: 'Give the links of those who are asked and have not spoken, for whoever hands them over',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The links, none where it is decided.', schema: LinksDocument } },
    serve: async (ports, { params }) => {
      const approval = await getApproval(ports.table, params['id'] ?? '');
      const people = approval.status === 'OPEN' ? await silentVoters(ports, approval) : [];
      const links = await Promise.all(
        people.map(async (to) => ({ to, link: await linkFor(ports.links, approval, to) })),
      );
      return { status: 200, document: { links: links.filter(({ link }) => link !== undefined) } };
    },
  }),
];
