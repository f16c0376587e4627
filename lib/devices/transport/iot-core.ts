import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import type { CommandMessage } from '../messages.ts';
import { commandTopic } from '../topics.ts';
import type { Transport } from './transport.ts';

/** Commands by AWS IoT Core's data plane. What devices say comes back by topic rules. */
export class IotCoreTransport implements Transport {
  readonly #client: IoTDataPlaneClient;

  constructor(client: IoTDataPlaneClient) {
    this.#client = client;
  }

  async send(device: string, message: CommandMessage): Promise<void> {
    await this.#client.send(
      new PublishCommand({
        topic: commandTopic(device),
        qos: 1,
        payload: Buffer.from(JSON.stringify(message)),
      }),
    );
  }
}

/** The transport of this account and region. `endpoint` (an emulator's) takes the place of the account's own. */
export async function connectIotCore(endpoint: string | undefined): Promise<IotCoreTransport> {
  return new IotCoreTransport(new IoTDataPlaneClient({ endpoint: endpoint ?? (await dataEndpoint()) }));
}

async function dataEndpoint(): Promise<string> {
  const { endpointAddress } = await new IoTClient({}).send(
    new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }),
  );
  return `https://${endpointAddress}`;
}
