import * as z from 'zod';
import {
  AliasDocumentSchema,
  PublishedVersionSchema,
  VersionDocumentSchema,
  WholeVersionSchema,
  WorkflowDocumentSchema,
} from '#api/workflow-documents.ts';
import { JsonObjectSchema } from '#definition/fields.ts';
import type { NotificationSettings } from '#definition/notifications.ts';
import { callApi, type Server } from '../api-client.ts';

/** A workflow, as a list of the API has it. */
export type WorkflowDocument = z.output<typeof WorkflowDocumentSchema>;

/** A version, as a list of the API has it. */
export type VersionDocument = z.output<typeof VersionDocumentSchema>;

/** A version with its text. */
export type WholeVersion = z.output<typeof WholeVersionSchema>;

/** An alias. */
export type AliasDocument = z.output<typeof AliasDocumentSchema>;

/** A version that was published, now or before. */
export type Publication = z.output<typeof PublishedVersionSchema> & { readonly isNew: boolean };

const WorkflowsPageSchema = z.object({
  workflows: z.array(WorkflowDocumentSchema),
  cursor: z.string().optional(),
});

/** Every published workflow, by name. */
export async function fetchWorkflows(server: Server): Promise<readonly WorkflowDocument[]> {
  const found: WorkflowDocument[] = [];
  let cursor: string | undefined;
  do {
    const query: Readonly<Record<string, string>> = cursor === undefined ? {} : { cursor };
    const call = { method: 'GET', path: ['workflows'], query, answer: WorkflowsPageSchema } as const;
    const { document } = await callApi(server, call);
    found.push(...document.workflows);
    cursor = document.cursor;
  } while (cursor !== undefined);
  return found;
}

/** What is told of one workflow. */
export async function fetchWorkflow(server: Server, name: string): Promise<WorkflowDocument> {
  const call = { method: 'GET', path: ['workflows', name], answer: WorkflowDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** The versions of a workflow, the highest first. */
export async function fetchVersions(server: Server, name: string): Promise<readonly VersionDocument[]> {
  const answer = z.object({ versions: z.array(VersionDocumentSchema) });
  const path = ['workflows', name, 'versions'];
  return (await callApi(server, { method: 'GET', path, answer })).document.versions;
}

/** A version, or the highest of a range, with its text. */
export async function fetchVersion(server: Server, name: string, version: string): Promise<WholeVersion> {
  const path = ['workflows', name, 'versions', version];
  return (await callApi(server, { method: 'GET', path, answer: WholeVersionSchema })).document;
}

/** The aliases of a workflow, by name. */
export async function fetchAliases(server: Server, name: string): Promise<readonly AliasDocument[]> {
  const answer = z.object({ aliases: z.array(AliasDocumentSchema) });
  const path = ['workflows', name, 'aliases'];
  return (await callApi(server, { method: 'GET', path, answer })).document.aliases;
}

/** An alias. */
export async function fetchAlias(server: Server, name: string, alias: string): Promise<AliasDocument> {
  const path = ['workflows', name, 'aliases', alias];
  return (await callApi(server, { method: 'GET', path, answer: AliasDocumentSchema })).document;
}

/** Publishes a workflow's text. */
export async function publishText(server: Server, text: string): Promise<Publication> {
  const call = { method: 'POST', path: ['workflows'], body: text, answer: PublishedVersionSchema } as const;
  const { status, document } = await callApi(server, call);
  return { ...document, isNew: status === CREATED };
}

const CREATED = 201;

/** Points an alias somewhere, or makes it. */
export async function putAlias(
  server: Server,
  name: string,
  { alias, ...target }: Omit<AliasDocument, 'changedAt' | 'before'>,
): Promise<AliasDocument> {
  const path = ['workflows', name, 'aliases', alias];
  return (await callApi(server, { method: 'PUT', path, body: target, answer: AliasDocumentSchema })).document;
}

/** Points an alias to where it pointed before. */
export async function rollBackAlias(server: Server, name: string, alias: string): Promise<AliasDocument> {
  const path = ['workflows', name, 'aliases', alias, 'rollback'];
  return (await callApi(server, { method: 'POST', path, answer: AliasDocumentSchema })).document;
}

/** Says of a version why no more executions are to be started of it; undefined takes that back. */
export async function putDeprecation(
  server: Server,
  { name, version }: { readonly name: string; readonly version: string },
  reason: string | undefined,
): Promise<VersionDocument> {
  const path = ['workflows', name, 'versions', version, reason === undefined ? 'undeprecate' : 'deprecate'];
  const body = reason === undefined ? {} : { reason };
  return (await callApi(server, { method: 'POST', path, body, answer: VersionDocumentSchema })).document;
}

/** Says who is of a group, from now on. */
export async function sendGroup(server: Server, name: string, members: readonly string[]): Promise<void> {
  const answer = z.object({ name: z.string() });
  await callApi(server, {
    ...{ method: 'PUT', path: ['groups', name], body: { members: [...members] }, answer },
  });
}

/** Says who is told of what, from now on. */
export async function sendNotificationSettings(
  server: Server,
  { receivers, routes }: NotificationSettings,
): Promise<void> {
  const answer = z.object({ receivers: z.record(z.string(), z.unknown()) });
  const body = JsonObjectSchema.parse({ receivers, notifications: routes });
  await callApi(server, { method: 'PUT', path: ['receivers'], body, answer });
}
