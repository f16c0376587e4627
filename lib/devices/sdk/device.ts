import type { IClientOptions, MqttClient } from 'mqtt';
import { type Clock, systemClock } from '#core/clock.ts';
import {
  type AnswerMessage,
  type CommandMessage,
  CommandMessageSchema,
  type PresenceMessage,
} from '../messages.ts';
import { commandTopic, deviceTopic } from '../topics.ts';
import { connectMqtt } from '../transport/mqtt-connection.ts';
import { createCommandServer, type Execution } from './command-server.ts';

/** Who a device is: what registers it. */
export type DeviceDescription = Omit<PresenceMessage, 'status'>;

/** How a device connects, and what it does. */
export interface DeviceOptions {
  readonly id: string;
  /** Such as `mqtt://127.0.0.1:1883`, or `wss://…/mqtt`. */
  readonly url: string;
  /** What else the connection takes: user name, password, certificates, headers. */
  readonly mqtt?: IClientOptions;
  /** Who the device is, asked each time it connects. */
  describe(): DeviceDescription;
  /** Carries a command out; a `CommandFailure` says how it failed. Never called twice for one command. */
  execute(message: CommandMessage): Promise<Execution>;
  /** Stands between an answer and its sending; for tests of what a bad line does. */
  readonly transmit?: (
    answer: AnswerMessage,
    send: (answer: AnswerMessage) => Promise<void>,
  ) => Promise<void>;
  readonly clock?: Clock;
}

/** A device that is connected. */
export interface ConnectedDevice {
  /** Drops the connection without a word, as a bad line does; it comes back by itself. */
  drop(): void;
  /** Says that the device is gone, and disconnects. */
  close(): Promise<void>;
}

/** Answers are JSON of at most 256 KiB; presence is retained, so that whoever comes later knows it too. */
const RETAINED = { qos: 1, retain: true } as const;

/** Connects a device: it says who it is, takes commands one after another, and leaves a last will. Throws SW3003. */
export async function connectDevice(options: DeviceOptions): Promise<ConnectedDevice> {
  const { id, url } = options;
  const presence = deviceTopic(id, 'presence');
  const offline = JSON.stringify({ status: 'offline' } satisfies PresenceMessage);
  const client = await connectMqtt(url, {
    clientId: id,
    clean: true,
    ...options.mqtt,
    will: { topic: presence, payload: Buffer.from(offline), ...RETAINED },
  });
  const serve = createServer(options, client);
  client.on('message', (_topic, payload) => {
    const message = parseCommand(payload);
    if (message !== undefined) void serve(message);
  });
  const greet = async (): Promise<void> => {
    await client.subscribeAsync(commandTopic(id), { qos: 1 });
    const online: PresenceMessage = { ...options.describe(), status: 'online' };
    await client.publishAsync(presence, JSON.stringify(online), RETAINED);
  };
  await greet();
  // A connection that is lost while we greet is made again, and greets again.
  client.on('connect', () => void greet().catch(() => undefined));
  return {
    drop: () => client.stream.destroy(),
    close: async () => {
      if (client.connected) await client.publishAsync(presence, offline, RETAINED);
      await client.endAsync(!client.connected);
    },
  };
}

function createServer(
  { id, execute, transmit, clock = systemClock }: DeviceOptions,
  client: MqttClient,
): (message: CommandMessage) => Promise<void> {
  const send = async (answer: AnswerMessage): Promise<void> => {
    // The publisher of mqtt.js keeps an answer while the line is down, and sends it when it is up again.
    client.publish(deviceTopic(id, 'answers'), JSON.stringify(answer), { qos: 1 });
  };
  return createCommandServer({
    execute,
    clock,
    answer: transmit === undefined ? send : (answer) => transmit(answer, send),
  });
}

/** What makes no sense as a command is not ours to answer. */
function parseCommand(payload: Buffer): CommandMessage | undefined {
  try {
    return CommandMessageSchema.parse(JSON.parse(payload.toString()));
  } catch {
    return undefined;
  }
}
