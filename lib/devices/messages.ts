import * as z from 'zod';
import { EventNameSchema } from '#compiler/wait-payload.ts';
import { JsonObjectSchema, JsonSchema } from '#core/json.ts';

/** Ids of devices: they are a topic level, so no `/`, `+`, `#`, and no `:` or white space. */
export const DeviceIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
  .describe('Id of a device: letters, digits, dot, dash and underscore, at most 128 characters.');

/** What a device gets on its `commands` topic. */
export const CommandMessageSchema = z.object({
  id: z.string().describe('Id of the command. A device that has seen it answers again and does nothing.'),
  command: z.string().describe('Name of the command, such as firmware.install.'),
  with: JsonObjectSchema.describe('Arguments.'),
  issuedAt: z.number().describe('When it was sent, in ms since the Unix epoch.'),
  timeoutMs: z.number().describe('How long an answer is waited for, in ms.'),
  traceparent: z
    .string()
    .exactOptional()
    .describe(
      'The place in a trace for spans of the device, by W3C Trace Context; left out where none is traced.',
    ),
});

/** What a device gets on its `commands` topic. */
export type CommandMessage = z.infer<typeof CommandMessageSchema>;

/** What a device says on its `answers` topic: that it got a command, works on it, or how it ended. */
export const AnswerMessageSchema = z.discriminatedUnion('status', [
  z.object({ id: z.string(), status: z.enum(['DELIVERED', 'RUNNING']) }),
  z.object({
    id: z.string(),
    status: z.literal('SUCCEEDED'),
    result: JsonSchema.optional().describe('What the command gives; null when left out.'),
    reported: JsonObjectSchema.optional().describe('Reported state that changed by it.'),
  }),
  z.object({
    id: z.string(),
    status: z.literal('FAILED'),
    error: z.string().max(256).optional().describe('Name that retry and catch match; default Device.Failed.'),
    cause: z.string().max(32_768).optional(),
    reported: JsonObjectSchema.optional(),
  }),
]);

/** What a device says on its `answers` topic. */
export type AnswerMessage = z.infer<typeof AnswerMessageSchema>;

/** What a device says on its `events` topic: something that steps may wait for. */
export const EventMessageSchema = z.object({
  name: EventNameSchema,
  data: JsonObjectSchema.default({}).describe('What expressions see as $event, with `device` added to it.'),
});

/** What a device says on its `events` topic. */
export type EventMessage = z.infer<typeof EventMessageSchema>;

/**
 * What a device says on its `presence` topic, retained: who it is when it comes (that registers it), and, as its last
 * will, that it is gone. A gateway may register a device that is offline by saying who it is.
 */
export const PresenceMessageSchema = z.object({
  status: z.enum(['online', 'offline']),
  type: z.string().optional(),
  zone: z.string().optional(),
  capabilities: z.record(z.string(), z.string()).optional().describe('Capability to version.'),
  tags: z.record(z.string(), z.string()).optional(),
  reported: JsonObjectSchema.optional(),
});

/** What a device says on its `presence` topic. */
export type PresenceMessage = z.infer<typeof PresenceMessageSchema>;
