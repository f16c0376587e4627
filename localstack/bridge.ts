/**
 * Brings what devices say on an MQTT broker to the function that hears it, as IoT topic rules do where there is IoT Core:
 * for transport `broker`, beside LocalStack.
 */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type BrokerTransport, connectBroker } from '#devices/transport/broker.ts';
import { findFunction, invoke } from './functions.ts';
import { emulatorClientConfig } from './stacks.ts';

/** Where a bridge stands. */
export interface BridgeOptions {
  readonly brokerUrl: string;
  /** Of the emulator. */
  readonly endpoint: string;
  onDefect(error: unknown): void;
}

/** Starts a bridge; close it to end it. */
export async function startBridge({
  brokerUrl,
  endpoint,
  onDefect,
}: BridgeOptions): Promise<BrokerTransport> {
  const lambda = new LambdaClient(emulatorClientConfig(endpoint));
  const listener = await findFunction(lambda, 'devicemessage');
  const transport = await connectBroker({ url: brokerUrl });
  await transport.subscribe({
    onDefect,
    take: (message) => invoke(lambda, listener, message),
  });
  return transport;
}
