import type * as z from 'zod';
import { CommandDocumentSchema } from '#api/documents.ts';
import type { JsonObject } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';

/** A command, as the API tells it. */
export type CommandDocument = z.output<typeof CommandDocumentSchema>;

/** Sends a command to a device, outside of any workflow. */
export async function postCommand(
  server: Server,
  device: string,
  body: JsonObject,
): Promise<CommandDocument> {
  const path = ['devices', device, 'commands'];
  return (await callApi(server, { method: 'POST', path, body, answer: CommandDocumentSchema })).document;
}

/** How a command stands. */
export async function fetchCommand(server: Server, id: string): Promise<CommandDocument> {
  const path = ['commands', id];
  return (await callApi(server, { method: 'GET', path, answer: CommandDocumentSchema })).document;
}

/** Takes back a command that waits. */
export async function postCancel(server: Server, id: string, body: JsonObject): Promise<CommandDocument> {
  const path = ['commands', id, 'cancel'];
  return (await callApi(server, { method: 'POST', path, body, answer: CommandDocumentSchema })).document;
}
