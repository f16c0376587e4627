import type { IClientOptions, MqttClient } from 'mqtt';
import { type Clock, systemClock } from '#core/clock.ts';
import {
  type AnswerMessage,
  type CommandMessage,
  CommandMessageSchema,
  type EventMessage,
  type PresenceMessage,
} from '../messages.ts';
import { commandTopic, deviceTopic } from '../topics.ts';
import { brokerFault, connectMqtt } from '../transport/mqtt-connection.ts';
import { createCommandServer, type Execution } from './command-server.ts';
import type { CommandStore } from './command-store.ts';

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
  readonly transmit?: (answer: AnswerMessage, line: Line) => void;
  readonly clock?: Clock;
  /** Where it is kept which commands were done, so that none is done twice over a restart. Default: in memory. */
  readonly store?: CommandStore | undefined;
  /** Answers a command that was cut off by the end of the process. Default: what it did counts as unknown. */
  readonly recover?: (message: CommandMessage) => Promise<Execution>;
  /** Told when what was done cannot be kept; then the command is not done, or not answered. */
  readonly onDefect?: (error: unknown) => void;
}

/** The way from a device to its broker. */
export interface Line {
  send(answer: AnswerMessage): void;
  /** Loses the connection without a word; it comes back by itself. */
  drop(): void;
}

/** A device that is connected. */
export interface ConnectedDevice {
  /** Tells of something that steps may wait for. Resolves when the broker has it. */
  emit(event: EventMessage): Promise<void>;
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
  const { onDefect = () => undefined } = options;
  client.on('message', (_topic, payload) => {
    const message = parseCommand(payload);
    if (message !== undefined) serve(message).catch(onDefect);
  });
  const greet = async (): Promise<void> => {
    await client.subscribeAsync(commandTopic(id), { qos: 1 });
    const online: PresenceMessage = { ...options.describe(), status: 'online' };
    await client.publishAsync(presence, JSON.stringify(online), RETAINED);
  };
  try {
    await greet();
  } catch (cause) {
    await client.endAsync(true);
    throw brokerFault(url, cause);
  }
  // A connection that is lost while we greet is made again, and greets again.
  client.on('connect', () => void greet().catch(() => undefined));
  return {
    emit: async (event) => {
      await client.publishAsync(deviceTopic(id, 'events'), JSON.stringify(event), { qos: 1 });
    },
    close: () => leave(client, () => client.publishAsync(presence, offline, RETAINED)),
  };
}

/** Says goodbye when somebody listens. A broker that goes away meanwhile is not waited for. */
async function leave(client: MqttClient, sayGoodbye: () => Promise<unknown>): Promise<void> {
  if (client.connected) {
    const lost = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await Promise.race([sayGoodbye(), lost]);
  }
  await client.endAsync(!client.connected);
}

function createServer(
  { id, execute, transmit, clock = systemClock, store, recover }: DeviceOptions,
  client: MqttClient,
): (message: CommandMessage) => Promise<void> {
  const line: Line = {
    send: (answer) => {
      // mqtt.js keeps an answer while the line is down, and sends it when it is up again.
      client.publish(deviceTopic(id, 'answers'), JSON.stringify(answer), { qos: 1 });
    },
    drop: () => client.stream.destroy(),
  };
  const answer = transmit === undefined ? line.send : (said: AnswerMessage) => transmit(said, line);
  return createCommandServer({ execute, clock, answer, store, recover });
}

/** What makes no sense as a command is not ours to answer. */
function parseCommand(payload: Buffer): CommandMessage | undefined {
  try {
    return CommandMessageSchema.parse(JSON.parse(payload.toString()));
  } catch {
    return undefined;
  }
}
