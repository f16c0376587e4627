import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { JsonObjectSchema } from '#core/json.ts';
import { getCommand } from '#devices/command-store.ts';
import { issueByHand } from '#devices/issue-by-hand.ts';
import { DeviceIdSchema } from '#devices/messages.ts';
import { deleteDevice, getDevice, listDevices } from '#devices/registry.ts';
import { registerAndWake } from '#devices/wake-waits.ts';
import { readHealth } from '#routing/health.ts';
import { DeviceDetailSchema, toDeviceDetail } from '../device-documents.ts';
import {
  CommandDocumentSchema,
  DeviceDocumentSchema,
  toCommandDocument,
  toDeviceDocument,
} from '../documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const RegisterBody = z.strictObject({
  type: z.string().exactOptional().describe('What it is, such as pump or sensor.'),
  zone: z.string().exactOptional().describe('Where it is, such as berlin/hall-2.'),
  capabilities: z.record(z.string(), z.string()).exactOptional().describe('Capability to its version.'),
  tags: z.record(z.string(), z.string()).exactOptional(),
  reported: JsonObjectSchema.exactOptional(),
});

/** The longest that a command may be waited for: a day. */
const MAX_SECONDS = 86_400;

const CommandBody = z.strictObject({
  command: z.string().min(1),
  with: JsonObjectSchema.default({}),
  timeoutSeconds: z
    .number()
    .positive()
    .max(MAX_SECONDS)
    .default(60)
    .describe('How long an answer is waited for.'),
  expiresSeconds: z
    .number()
    .nonnegative()
    .max(MAX_SECONDS)
    .default(0)
    .describe('How long it may wait for a device that is offline; 0: not at all.'),
  priority: z.number().int().min(0).max(999).default(500),
});

/** Routes of devices and of commands by hand. */
export const DEVICE_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/devices',
    summary: 'List devices by id',
    query: PageQuerySchema,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('devices', DeviceDocumentSchema) } },
    serve: async ({ table }, { query }) => {
      const { devices, ...rest } = await listDevices(table, pageOf(query));
      return { status: 200, document: { devices: devices.map(toDeviceDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/devices/{id}',
    summary: 'Read a device',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The device, and how it does.', schema: DeviceDetailSchema } },
    serve: async ({ table, clock }, { params }) => {
      const device = await getDevice(table, params['id'] ?? '');
      const health = await readHealth(table, device.id);
      return { status: 200, document: toDeviceDetail(device, health, clock.now()) };
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/v1/devices/{id}',
    summary: 'Register a device, or change what is registered of it',
    query: UNREAD,
    body: RegisterBody,
    answers: { 200: { description: 'The device.', schema: DeviceDocumentSchema } },
    serve: async (ports, { params, body }) => {
      const device = await registerAndWake(ports, { ...body, id: checkDeviceId(params['id'] ?? '') });
      return { status: 200, document: toDeviceDocument(device) };
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/v1/devices/{id}',
    summary: 'Remove a device from the registry',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'Removed.', schema: z.object({ id: z.string() }) } },
    serve: async ({ table }, { params }) => {
      const id = params['id'] ?? '';
      await deleteDevice(table, id);
      return { status: 200, document: { id } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/devices/{id}/commands',
    summary: 'Send a command to a device, outside of any workflow',
    query: UNREAD,
    body: CommandBody,
    answers: {
      202: { description: 'On its way, or waiting for the device.', schema: CommandDocumentSchema },
    },
    serve: async (ports, { params, body }) => {
      const command = await issueByHand(ports, { ...body, device: params['id'] ?? '' });
      return { status: 202, document: toCommandDocument(command) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/commands/{id}',
    summary: 'Read how a command stands',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The command.', schema: CommandDocumentSchema } },
    serve: async ({ table }, { params }) => ({
      status: 200,
      document: toCommandDocument(await getCommand(table, params['id'] ?? '')),
    }),
  }),
];

function checkDeviceId(id: string): string {
  const parsed = DeviceIdSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new StepwrightError({
    code: 'SW4006',
    kind: 'invalid',
    message: `"${id}" is no id of a device`,
    hint: 'use 1 to 128 letters, digits, dots, dashes and underscores, a letter or digit first',
  });
}
