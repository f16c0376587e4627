import { expect, test } from 'vitest';
import { DeviceIdSchema } from '#devices/messages.ts';
import { deviceTopic, deviceTopicFilter, parseDeviceTopic } from '#devices/topics.ts';

test.each(['answers', 'presence'] as const)('the topic of %s tells the device and the kind', (kind) => {
  expect(parseDeviceTopic(deviceTopic('pump-1', kind))).toEqual({ device: 'pump-1', kind });
  expect(deviceTopicFilter(kind)).toBe(`stepwright/devices/+/${kind}`);
});

test.each([
  'stepwright/devices/pump-1/commands',
  'stepwright/devices/pump-1/answers/more',
  'stepwright/devices//answers',
  'stepwright/devices/pump-1',
  'stepwright/devices',
  'other/devices/pump-1/answers',
  '',
])('"%s" is no topic that devices speak on', (topic) => {
  expect(parseDeviceTopic(topic)).toBeUndefined();
});

test.each(['', 'a/b', 'a+', '#', 'a b', 'a:b', '-a', 'ü', 'x'.repeat(129)])(
  '"%s" is no id of a device',
  (id) => {
    expect(DeviceIdSchema.safeParse(id).success).toBe(false);
  },
);
