import type { IPublishPacket, MqttClient } from 'mqtt';
import { isJsonObject, type Json } from '#core/json.ts';
import type { CommandMessage } from '../messages.ts';
import { commandTopic, DEVICE_MESSAGE_KINDS, deviceTopicFilter } from '../topics.ts';
import { connectMqtt } from './mqtt-connection.ts';
import type { Transport } from './transport.ts';

/** How to reach the broker. */
export interface BrokerConnection {
  /** Such as `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  readonly password?: string | undefined;
}

/** What a device said: the fields of its message, and the topic that it said it on. */
export type ReceivedMessage = Readonly<Record<string, Json>> & { readonly topic: string };

/** Who takes what devices say. */
export interface MessageTaker {
  take(message: ReceivedMessage): Promise<unknown>;
  /** Told of what `take` threw. The message is not lost for good: an open command is sent again, and answered again. */
  onDefect(error: unknown): void;
}

/** Largest message of a device that is read, in bytes: the quota of a task's result. */
const MAX_MESSAGE_BYTES = 262_144;

/** Most messages that are taken at once; the next ones wait at the broker. */
const MAX_AT_ONCE = 128;

/**
 * Commands by any MQTT broker. Keeps its connections up. Sends on one and receives on another: a message that is being
 * taken may wait for a command to be sent, whose acknowledgement would be stuck behind the messages that wait.
 */
export class BrokerTransport implements Transport {
  readonly #sender: MqttClient;
  readonly #receiver: MqttClient;

  /** @param connections two connections to the same broker; {@link connectBroker} makes them. */
  constructor(connections: { readonly sender: MqttClient; readonly receiver: MqttClient }) {
    this.#sender = connections.sender;
    this.#receiver = connections.receiver;
  }

  async send(device: string, message: CommandMessage): Promise<void> {
    await this.#sender.publishAsync(commandTopic(device), JSON.stringify(message), { qos: 1 });
  }

  /**
   * Hands over what devices say: of one topic in its order, of several side by side, so that their writes share commits.
   * A message is acknowledged when its turn is sure, not when it is taken: mqtt.js does not read on before. What a crash
   * loses is said again, since open commands are sent again after it and presence is retained.
   */
  async subscribe(taker: MessageTaker): Promise<void> {
    const queue = new MessageQueue(taker);
    this.#receiver.handleMessage = (packet, done) => queue.add(packet, done);
    await this.#receiver.subscribeAsync(DEVICE_MESSAGE_KINDS.map(deviceTopicFilter), { qos: 1 });
  }

  /** Leaves the broker. */
  async close(): Promise<void> {
    await Promise.all([this.#sender.endAsync(true), this.#receiver.endAsync(true)]);
  }
}

/** Connects to a broker. Throws SW3003 when it cannot be reached or does not let us in. */
export async function connectBroker({ url, password }: BrokerConnection): Promise<BrokerTransport> {
  const login = password === undefined ? {} : { username: 'stepwright', password };
  const sender = await connectMqtt(url, login);
  try {
    return new BrokerTransport({ sender, receiver: await connectMqtt(url, login) });
  } catch (error) {
    await sender.endAsync(true);
    throw error;
  }
}

class MessageQueue {
  readonly #taker: MessageTaker;
  readonly #lastOfTopic = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(taker: MessageTaker) {
    this.#taker = taker;
  }

  /** `done` asks for the next message. */
  add({ topic, payload }: IPublishPacket, done: () => void): void {
    this.#running++;
    const before = this.#lastOfTopic.get(topic) ?? Promise.resolve();
    const taken = before.then(() => this.#take(topic, payload)).finally(() => this.#end(topic, taken));
    this.#lastOfTopic.set(topic, taken);
    if (this.#running < MAX_AT_ONCE) done();
    else this.#waiting.push(done);
  }

  async #take(topic: string, payload: string | Buffer): Promise<void> {
    const message = parseMessage(payload);
    if (message === undefined) return;
    try {
      await this.#taker.take({ ...message, topic });
    } catch (error) {
      this.#taker.onDefect(error);
    }
  }

  #end(topic: string, taken: Promise<void>): void {
    this.#running--;
    if (this.#lastOfTopic.get(topic) === taken) this.#lastOfTopic.delete(topic);
    this.#waiting.shift()?.();
  }
}

/** What is no JSON object, or too long, is no message of ours. */
function parseMessage(payload: string | Buffer): Readonly<Record<string, Json>> | undefined {
  if (payload.length > MAX_MESSAGE_BYTES) return undefined;
  try {
    const value: Json = JSON.parse(payload.toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
