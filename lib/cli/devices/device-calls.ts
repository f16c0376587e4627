import * as z from 'zod';
import { DeviceDetailSchema } from '#api/device-documents.ts';
import { DeviceDocumentSchema } from '#api/documents.ts';
import type { JsonObject } from '#core/json.ts';
import { callApi, type Server } from '../api-client.ts';

/** A device, as a list of the API has it. */
export type DeviceDocument = z.output<typeof DeviceDocumentSchema>;

/** A device with how it does. */
export type DeviceDetail = z.output<typeof DeviceDetailSchema>;

const PageSchema = z.object({ devices: z.array(DeviceDocumentSchema), cursor: z.string().optional() });

/** Devices by id, page after page. */
export async function fetchDevices(server: Server): Promise<readonly DeviceDocument[]> {
  const found: DeviceDocument[] = [];
  let cursor: string | undefined;
  do {
    const query: Readonly<Record<string, string>> = cursor === undefined ? {} : { cursor };
    const call = { method: 'GET', path: ['devices'], query, answer: PageSchema } as const;
    const { document } = await callApi(server, call);
    found.push(...document.devices);
    cursor = document.cursor;
  } while (cursor !== undefined);
  return found;
}

/** A device and how it does. */
export async function fetchDevice(server: Server, id: string): Promise<DeviceDetail> {
  const call = { method: 'GET', path: ['devices', id], answer: DeviceDetailSchema } as const;
  return (await callApi(server, call)).document;
}

/** Registers a device, or changes what is registered of it. */
export async function registerDevice(server: Server, id: string, body: JsonObject): Promise<DeviceDocument> {
  const call = { method: 'PUT', path: ['devices', id], body, answer: DeviceDocumentSchema } as const;
  return (await callApi(server, call)).document;
}

/** Takes a device out of the registry. */
export async function removeDevice(server: Server, id: string): Promise<void> {
  await callApi(server, { method: 'DELETE', path: ['devices', id], answer: z.object({ id: z.string() }) });
}
