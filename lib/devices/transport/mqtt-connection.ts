import { Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { StepwrightError } from '#core/error.ts';

/** How long a broker may take to answer, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;
const ADDRESS = /^(?:mqtts?|wss?):\/\/[^/]/;
/** After how long a lost connection is tried again, in ms. */
const RECONNECT_MS = 1_000;

/** Connects to a broker, and from then on again whenever the connection is lost. Throws SW3003 when it cannot at first. */
export async function connectMqtt(url: string, options: IClientOptions): Promise<MqttClient> {
  // The library takes this machine's broker for what it does not understand.
  if (!ADDRESS.test(url))
    throw brokerFault(url, new Error('its address begins with mqtt://, mqtts://, ws:// or wss://'));
  try {
    const client = await connectAsync(
      url,
      { connectTimeout: CONNECT_TIMEOUT_MS, reconnectPeriod: RECONNECT_MS, ...options },
      false,
    );
    // Without a listener, a lost connection would end the process.
    client.on('error', () => undefined);
    sendAtOnce(client);
    client.on('connect', () => sendAtOnce(client));
    return client;
  } catch (cause) {
    throw brokerFault(url, cause);
  }
}

/** Messages are small and wait for each other: collecting them (Nagle) would cost each 40 ms. */
function sendAtOnce({ stream }: MqttClient): void {
  if (stream instanceof Socket) stream.setNoDelay(true);
}

/** SW3003: a broker that cannot be reached, or does not let us do what we have to. */
export function brokerFault(url: string, cause: unknown): StepwrightError {
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'no connection';
  const fault = {
    code: 'SW3003',
    kind: 'unavailable',
    message: `the MQTT broker ${withoutLogin(url)} cannot be used: ${reason}`,
    hint: 'start it first ("stepwright start" brings one along), or name another with --broker',
  } as const;
  return new StepwrightError(fault, { cause });
}

/** A URL without its user name and password, which are not for logs. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//');
}
