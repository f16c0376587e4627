import { getVersion, getWorkflow, listWorkflows } from '#executions/workflow-store.ts';
import { instant } from '../documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { publishText } from '../publish.ts';
import { defineRoute, TEXT, UNREAD } from '../route.ts';
import { PublishedVersionSchema, WholeVersionSchema, WorkflowDocumentSchema } from '../workflow-documents.ts';

/** Routes of published workflows. */
export const WORKFLOW_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/workflows',
    summary: 'Publish a version of a workflow: its YAML or JSON text',
    query: UNREAD,
    body: TEXT,
    answers: {
      200: {
        description: 'This version is published already, with equal content.',
        schema: PublishedVersionSchema,
      },
      201: { description: 'Published.', schema: PublishedVersionSchema },
    },
    serve: async (ports, { body }) => {
      const { version, isNew } = await publishText(ports, body);
      const { compiled, machine, publishedAt } = version;
      const document = {
        name: compiled.name,
        version: compiled.version,
        machine,
        publishedAt: instant(publishedAt),
      };
      return { status: isNew ? 201 : 200, document };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows',
    summary: 'List workflows by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('workflows', WorkflowDocumentSchema) } },
    serve: async ({ table }, { query }) => {
      const { workflows, ...rest } = await listWorkflows(table, pageOf(query));
      const document = workflows.map((one) => ({ ...one, publishedAt: instant(one.publishedAt) }));
      return { status: 200, document: { workflows: document, ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}',
    summary: 'Read what is published of a workflow',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The workflow.', schema: WorkflowDocumentSchema } },
    serve: async ({ table }, { params }) => {
      const workflow = await getWorkflow(table, params['name'] ?? '');
      return { status: 200, document: { ...workflow, publishedAt: instant(workflow.publishedAt) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/versions/{version}',
    summary: 'Read a published version: its text and what it is compiled to',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The version.', schema: WholeVersionSchema } },
    serve: async ({ table }, { params }) => {
      const { compiled, source, machine, publishedAt, deprecated } = await getVersion(
        table,
        params['name'] ?? '',
        params['version'],
      );
      const { name, version, definition } = compiled;
      const document = { name, version, machine, publishedAt: instant(publishedAt), source, definition };
      return { status: 200, document: { ...document, ...(deprecated === undefined ? {} : { deprecated }) } };
    },
  }),
];
