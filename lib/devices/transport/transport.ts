import type { CommandMessage } from '../messages.ts';

/**
 * How commands leave for devices. Chosen by configuration: `iot-core` publishes by the data plane, `broker` to any
 * MQTT broker. What devices say comes back to `receiveDeviceMessage` (device-messages.ts) on every transport.
 */
export interface Transport {
  /** Hands a command over for delivery, at least once. Resolves when the transport has accepted it. */
  send(device: string, message: CommandMessage): Promise<void>;
}
