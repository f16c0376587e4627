import * as z from 'zod';
import { setDeprecated } from '#executions/deprecate.ts';
import {
  deleteAlias,
  getAlias,
  listAliases,
  pointAlias,
  rollBackAlias,
} from '#executions/workflow-aliases.ts';
import { getVersion, listVersions } from '#executions/workflow-store.ts';
import { instant } from '../documents.ts';
import { defineRoute, type PathParameters, UNREAD } from '../route.ts';
import {
  AliasDocumentSchema,
  TargetDocumentSchema,
  toAliasDocument,
  VersionDocumentSchema,
} from '../workflow-documents.ts';

function namesIn(params: PathParameters): {
  readonly name: string;
  readonly alias: string;
  readonly version: string;
} {
  return { name: params['name'] ?? '', alias: params['alias'] ?? '', version: params['version'] ?? '' };
}

const DEPRECATION = {
  query: UNREAD,
  answers: { 200: { description: 'The version.', schema: VersionDocumentSchema } },
} as const;

/** Routes of versions of workflows, and of the aliases that point to them. */
export const VERSION_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/versions',
    summary: 'List the published versions of a workflow, the highest first',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All versions.', schema: z.object({ versions: z.array(VersionDocumentSchema) }) },
    },
    serve: async ({ table }, { params }) => {
      const versions = await listVersions(table, namesIn(params).name);
      const document = versions.map((one) => ({ ...one, publishedAt: instant(one.publishedAt) }));
      return { status: 200, document: { versions: document } };
    },
  }),
  defineRoute({
    ...DEPRECATION,
    method: 'POST',
    path: '/v1/workflows/{name}/versions/{version}/deprecate',
    summary: 'Say that no more executions are to be started of a version; it still runs, with a warning',
    body: z.object({ reason: z.string().min(1).max(1_000).describe('Why, and what to take instead.') }),
    serve: async ({ table }, { params, body }) => {
      const { name, version } = namesIn(params);
      await setDeprecated(table, name, { version, reason: body.reason });
      return { status: 200, document: await summaryOf(table, name, version) };
    },
  }),
  defineRoute({
    ...DEPRECATION,
    method: 'POST',
    path: '/v1/workflows/{name}/versions/{version}/undeprecate',
    summary: 'Take back that a version is deprecated',
    body: UNREAD,
    serve: async ({ table }, { params }) => {
      const { name, version } = namesIn(params);
      await setDeprecated(table, name, { version, reason: undefined });
      return { status: 200, document: await summaryOf(table, name, version) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/aliases',
    summary: 'List the aliases of a workflow by name',
    query: UNREAD,
    body: UNREAD,
    answers: {
      200: { description: 'All aliases.', schema: z.object({ aliases: z.array(AliasDocumentSchema) }) },
    },
    serve: async ({ table }, { params }) => {
      const aliases = await listAliases(table, namesIn(params).name);
      return { status: 200, document: { aliases: aliases.map(toAliasDocument) } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/workflows/{name}/aliases/{alias}',
    summary: 'Read where an alias points, and where it pointed before',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The alias.', schema: AliasDocumentSchema } },
    serve: async ({ table }, { params }) => {
      const { name, alias } = namesIn(params);
      return { status: 200, document: toAliasDocument(await getAlias(table, name, alias)) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/workflows/{name}/aliases/{alias}',
    summary: 'Point an alias to a version, or to two in proportion',
    query: UNREAD,
    body: TargetDocumentSchema,
    answers: { 200: { description: 'The alias as it now is.', schema: AliasDocumentSchema } },
    serve: async (ports, { params, body }) => {
      const { name, alias } = namesIn(params);
      return { status: 200, document: toAliasDocument(await pointAlias(ports, name, { ...body, alias })) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/workflows/{name}/aliases/{alias}',
    summary: 'Take an alias away',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'There is none any more.', schema: z.object({}) } },
    serve: async ({ table }, { params }) => {
      const { name, alias } = namesIn(params);
      await deleteAlias(table, name, alias);
      return { status: 200, document: {} };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/workflows/{name}/aliases/{alias}/rollback',
    summary: 'Point an alias to where it pointed before',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The alias as it now is.', schema: AliasDocumentSchema } },
    serve: async (ports, { params }) => {
      const { name, alias } = namesIn(params);
      return { status: 200, document: toAliasDocument(await rollBackAlias(ports, name, alias)) };
    },
  }),
];

async function summaryOf(
  table: Parameters<typeof getVersion>[0],
  name: string,
  version: string,
): Promise<z.input<typeof VersionDocumentSchema>> {
  const { compiled, publishedAt, deprecated } = await getVersion(table, name, version);
  return {
    ...{ version: compiled.version, publishedAt: instant(publishedAt) },
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}
