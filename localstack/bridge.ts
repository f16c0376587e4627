/**
 * Brings what devices say on an MQTT broker to the function that hears it, as IoT topic rules do where there is IoT Core:
 * for transport `broker`, beside LocalStack.
 */
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { type BrokerTransport, connectBroker } from '#devices/transport/broker.ts';
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
  const FunctionName = await findListener(lambda);
  const transport = await connectBroker({ url: brokerUrl });
  await transport.subscribe({
    onDefect,
    take: async (message) => {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(message) }),
      );
      if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
    },
  });
  return transport;
}

async function findListener(lambda: LambdaClient): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    const name = Functions.find(({ FunctionName = '' }) =>
      FunctionName.includes('devicemessage'),
    )?.FunctionName;
    if (name !== undefined) return name;
  }
  throw new Error('the function device-message is not deployed');
}
