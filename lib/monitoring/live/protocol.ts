import * as z from 'zod';
import { MonitoringEventSchema } from '../events/event.ts';
import { EventFilterSchema } from '../feed/filter.ts';

/** What a client may have of a connection. */
export const LIVE_LIMITS = {
  /** Subscriptions of one connection. */
  subscriptions: 20,
  /** Bytes of a message that a client sends. */
  messageBytes: 16_384,
  /** Messages that cannot be understood, until the connection is closed. */
  faults: 10,
  /** Events of one message. */
  eventsAtOnce: 200,
  /** Messages that a client has not taken in yet. */
  unsentMessages: 200,
  /** How long a client may take to take in a message, in ms. */
  stallMs: 15_000,
  /** From one heartbeat to the next, in ms. */
  heartbeatMs: 30_000,
} as const;

const SubscriptionIdSchema = z
  .string()
  .min(1)
  .max(64)
  .describe('What the client calls the subscription; one of the same name takes its place.');

/** What a client says. */
export const ClientMessageSchema = z.union([
  z
    .strictObject({
      subscribe: EventFilterSchema,
      id: SubscriptionIdSchema.default('events'),
      after: z.string().exactOptional().describe('Cursor to go on after; without it, from now on.'),
    })
    .describe('Asks for events.'),
  z.strictObject({ unsubscribe: SubscriptionIdSchema }).describe('Wants no more of them.'),
]);

/** What a client says. */
export type ClientMessage = z.infer<typeof ClientMessageSchema>;

/** An event with its cursor, as it is pushed and listed. */
export const FeedEventSchema = MonitoringEventSchema.extend({
  cursor: z.string().describe('Asks for what comes after this event.'),
}).meta({ id: 'Event' });

/** What a server says. */
export const ServerMessageSchema = z.union([
  z
    .object({ subscribed: z.string(), cursor: z.string().describe('From where on events come.') })
    .describe('The subscription is there.'),
  z.object({ unsubscribed: z.string() }).describe('It is not there any more.'),
  z
    .object({
      subscription: z.string(),
      events: z.array(FeedEventSchema),
      cursor: z.string().describe('With this, go on after a lost connection.'),
    })
    .describe('Events, in order.'),
  z
    .object({
      gap: z.object({
        subscription: z.string(),
        after: z.string().describe('The cursor that was given.'),
        cursor: z.string().describe('From where on there are events.'),
      }),
    })
    .describe('What came after that cursor is not kept any more, or not all of it.'),
  z
    .object({ heartbeat: z.object({ at: z.string(), cursor: z.string() }) })
    .describe('Nothing is wrong; all events up to the cursor have been sent.'),
  z
    .object({
      error: z.object({
        code: z.string(),
        message: z.string(),
        hint: z.string().optional(),
      }),
    })
    .describe('A message was not understood, or not taken; all else goes on.'),
]);

/** What a server says. */
export type ServerMessage = z.infer<typeof ServerMessageSchema>;

/** The subprotocol that is agreed on with clients that name any. */
export const LIVE_PROTOCOL = 'stepwright.v1';

/** Why a connection is closed by the server: WebSocket close codes (RFC 6455, 7.4). */
export const CLOSED = {
  /** The server ends. */
  goingAway: 1001,
  /** Too many messages that cannot be understood. */
  policy: 1008,
  /** The client does not take in what it asked for; it may come again, with its last cursor. */
  tooSlow: 1013,
} as const;
