import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import type { IClientOptions } from 'mqtt';
import { emulatorClientConfig } from './stacks.ts';

/** How devices reach an emulator's own broker. */
export interface EmulatedBroker {
  readonly brokerUrl: string;
  readonly mqtt: IClientOptions;
}

/** The broker of an emulated IoT Core: MQTT over WebSocket, on the emulator's port, by the name of the account's endpoint. */
export async function emulatedBroker(endpoint: string): Promise<EmulatedBroker> {
  const { endpointAddress = '' } = await new IoTClient(emulatorClientConfig(endpoint)).send(
    new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }),
  );
  return {
    brokerUrl: `${endpoint.replace(/^http/, 'ws')}/mqtt`,
    mqtt: { wsOptions: { headers: { Host: endpointAddress } } },
  };
}
