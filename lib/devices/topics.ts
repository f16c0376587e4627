/** MQTT topics of the device protocol (`docs/device-protocol.md`), the same on every transport. */
const ROOT = 'stepwright/devices';

/** What a device says, by the last level of its topic. */
export const DEVICE_MESSAGE_KINDS = ['answers', 'presence', 'events'] as const;

/** What a device says, by the last level of its topic. */
export type DeviceMessageKind = (typeof DEVICE_MESSAGE_KINDS)[number];

/** Where a device listens for its commands. */
export function commandTopic(device: string): string {
  return `${ROOT}/${device}/commands`;
}

/** Where a device speaks. */
export function deviceTopic(device: string, kind: DeviceMessageKind): string {
  return `${ROOT}/${device}/${kind}`;
}

/** Subscribes to what every device says; IoT topic rules use the same filters. */
export function deviceTopicFilter(kind: DeviceMessageKind): string {
  return `${ROOT}/+/${kind}`;
}

/** The device and kind of a topic on which devices speak, or undefined for any other topic. */
export function parseDeviceTopic(topic: string): { device: string; kind: DeviceMessageKind } | undefined {
  const [first, second, device, last, ...rest] = topic.split('/');
  if (`${first}/${second}` !== ROOT || device === undefined || device === '' || rest.length > 0)
    return undefined;
  const kind = DEVICE_MESSAGE_KINDS.find((candidate) => candidate === last);
  return kind === undefined ? undefined : { device, kind };
}
