import * as z from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { getTemplate, TEMPLATES } from '#executions/template-store.ts';
import { instant } from '../documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, TEXT, UNREAD } from '../route.ts';
import { instantiatePublished, publishTemplateText } from '../templates.ts';

const SummaryDocument = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    latest: z.string().describe('The version that is meant where none is named.'),
    publishedAt: z.string(),
  })
  .meta({ id: 'TemplateSummary' });

const VersionDocument = z
  .object({
    version: z.string(),
    description: z.string().optional(),
    publishedAt: z.string(),
  })
  .meta({ id: 'TemplateVersion' });

const WholeVersionDocument = VersionDocument.extend({
  name: z.string(),
  parameters: JsonObjectSchema.describe('JSON Schema of the parameters.'),
  source: z.string().describe('The text as it was published.'),
}).meta({ id: 'WholeTemplateVersion' });

const PublishedDocument = z
  .object({ name: z.string(), version: z.string(), publishedAt: z.string() })
  .meta({ id: 'PublishedTemplate' });

const InstanceDocument = z
  .object({
    template: z.string(),
    version: z.string().describe('Version of the template.'),
    workflow: JsonObjectSchema.describe('The workflow as a file has it.'),
    text: z.string().describe('The same in YAML, which POST /v1/workflows takes.'),
    diagnostics: z.array(z.looseObject({})).describe('Warnings, at their places in the template.'),
  })
  .meta({ id: 'TemplateInstance' });

/** Routes of templates. */
export const TEMPLATE_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/v1/templates',
    summary: 'Publish a version of a template: its YAML or JSON text',
    query: UNREAD,
    body: TEXT,
    answers: {
      200: {
        description: 'This version is published already, with equal content.',
        schema: PublishedDocument,
      },
      201: { description: 'Published.', schema: PublishedDocument },
    },
    serve: async (ports, { body }) => {
      const { version: published, isNew } = await publishTemplateText(ports, body);
      const { name, version } = published.template;
      const document = { name, version, publishedAt: instant(published.publishedAt) };
      return { status: isNew ? 201 : 200, document };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/templates',
    summary: 'List templates by name',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('templates', SummaryDocument) } },
    serve: async ({ table }, { query }) => {
      const { summaries, ...rest } = await TEMPLATES.list(table, pageOf(query));
      const document = summaries.map((one) => ({ ...one, publishedAt: instant(one.publishedAt) }));
      return { status: 200, document: { templates: document, ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/templates/{name}',
    summary: 'Read what is published of a template',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The template.', schema: SummaryDocument } },
    serve: async ({ table }, { params }) => {
      const template = await TEMPLATES.summary(table, params['name'] ?? '');
      return { status: 200, document: { ...template, publishedAt: instant(template.publishedAt) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/templates/{name}/versions',
    summary: 'List the published versions of a template, the highest first',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All versions.', schema: z.object({ versions: z.array(VersionDocument) }) },
    },
    serve: async ({ table }, { params }) => {
      const versions = await TEMPLATES.versions(table, params['name'] ?? '');
      const document = versions.map((one) => ({ ...one, publishedAt: instant(one.publishedAt) }));
      return { status: 200, document: { versions: document } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/templates/{name}/versions/{version}',
    summary: 'Read a published version of a template: what it takes, and its text',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The version.', schema: WholeVersionDocument } },
    serve: async ({ table }, { params }) => {
      const { template, source, publishedAt } = await getTemplate(
        table,
        params['name'] ?? '',
        params['version'],
      );
      const { name, version, description, parameters } = template;
      const document = { name, version, publishedAt: instant(publishedAt), parameters, source: source.text };
      return {
        status: 200,
        document: { ...document, ...(description === undefined ? {} : { description }) },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/templates/{name}/instantiate',
    summary: 'Make a workflow of a template; nothing is published',
    query: UNREAD,
    body: z.object({
      version: z.string().optional().describe('A version or a range; default the latest.'),
      parameters: JsonObjectSchema.default({}).describe('Values of the parameters by name.'),
    }),
    answers: { 200: { description: 'The workflow.', schema: InstanceDocument } },
    serve: async (ports, { params, body }) => {
      const made = await instantiatePublished(ports, params['name'] ?? '', body);
      const { name, version } = made.template;
      const diagnostics = made.diagnostics.map((one) => ({ ...one }));
      const document = { template: name, version, workflow: made.document, text: made.text, diagnostics };
      return { status: 200, document };
    },
  }),
];
