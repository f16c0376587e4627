import { connectMqtt } from '#devices/transport/mqtt-connection.ts';

/** Which topics of which broker are listened to, and who takes what comes. */
export interface EventTopics {
  readonly url: string;
  readonly password: string | undefined;
  /** Filters of topics. */
  readonly filters: readonly string[];
  /** Takes a message, its payload in base64. */
  take(message: { readonly topic: string; readonly payload: string }): Promise<unknown>;
  /** Told of what `take` threw. */
  onDefect(error: unknown): void;
}

/** Larger messages are not read, in bytes: no state takes them. */
const MAX_MESSAGE_BYTES = 262_144;

/**
 * Listens to topics on which others than devices speak, one message after the other. What a broker has kept of a topic is no news.
 */
export async function listenToTopics(topics: EventTopics): Promise<{ close(): Promise<void> }> {
  const { url, password, filters, take, onDefect } = topics;
  const client = await connectMqtt(url, password === undefined ? {} : { username: 'stepwright', password });
  client.handleMessage = ({ topic, payload, retain }, done) => {
    const isRead = !retain && payload.length <= MAX_MESSAGE_BYTES;
    const taken = isRead
      ? take({ topic, payload: Buffer.from(payload).toString('base64') })
      : Promise.resolve();
    taken.catch(onDefect).finally(() => done());
  };
  await client.subscribeAsync([...filters], { qos: 1 });
  return { close: () => client.endAsync(true) };
}
