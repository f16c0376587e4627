import mqtt, { type MqttClient } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandMessage } from '#devices/messages.ts';
import { commandTopic, deviceTopic } from '#devices/topics.ts';
import { type BrokerTransport, connectBroker, type ReceivedMessage } from '#devices/transport/broker.ts';
import { type Broker, startBroker } from '#embedded/broker.ts';

const COMMAND: CommandMessage = {
  id: 'e1:flash:0',
  command: 'firmware.install',
  with: { release: '2.1.0' },
  issuedAt: 1_767_225_600_000,
  timeoutMs: 30_000,
};

async function start(): Promise<{ broker: Broker; transport: BrokerTransport; device: MqttClient }> {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const transport = await connectBroker({ url: broker.url });
  const device = await mqtt.connectAsync(broker.url);
  onTestFinished(async () => {
    await Promise.all([transport.close(), device.endAsync(true)]);
    await broker.close();
  });
  return { broker, transport, device };
}

/** Subscribes, and collects messages until there are so many. */
async function collect(
  transport: BrokerTransport,
  wanted: number,
): Promise<{ readonly messages: Promise<readonly ReceivedMessage[]> }> {
  const taken: ReceivedMessage[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<readonly ReceivedMessage[]>();
  await transport.subscribe({
    onDefect: reject,
    take: async (message) => {
      taken.push(message);
      if (taken.length === wanted) resolve(taken);
    },
  });
  return { messages: promise };
}

test('a command reaches the device that it is for, as JSON on its topic', async () => {
  const { transport, device } = await start();
  await device.subscribeAsync(commandTopic('pump-1'), { qos: 1 });
  const arrived = new Promise<[string, unknown]>((resolve) => {
    device.once('message', (topic, payload) => resolve([topic, JSON.parse(payload.toString())]));
  });
  await transport.send('pump-2', { ...COMMAND, id: 'not for pump-1' });
  await transport.send('pump-1', COMMAND);
  expect(await arrived).toEqual(['stepwright/devices/pump-1/commands', COMMAND]);
});

test('what devices say is taken with its topic, and nothing else is', async () => {
  const { transport, device } = await start();
  const taken = await collect(transport, 2);
  await device.publishAsync(commandTopic('pump-1'), JSON.stringify(COMMAND), { qos: 1 });
  await device.publishAsync('stepwright/devices/pump-1/secrets', '{}', { qos: 1 });
  await device.publishAsync(deviceTopic('pump-1', 'presence'), '{"status":"online"}', { qos: 1 });
  await device.publishAsync(deviceTopic('pump-1', 'answers'), '{"id":"c","status":"RUNNING"}', { qos: 1 });
  expect(await taken.messages).toEqual([
    { topic: 'stepwright/devices/pump-1/presence', status: 'online' },
    { topic: 'stepwright/devices/pump-1/answers', id: 'c', status: 'RUNNING' },
  ]);
});

test('whoever subscribes later still learns who is there', async () => {
  const { transport, device } = await start();
  await device.publishAsync(deviceTopic('pump-1', 'presence'), '{"status":"online"}', {
    qos: 1,
    retain: true,
  });
  const taken = await collect(transport, 1);
  expect(await taken.messages).toEqual([{ topic: 'stepwright/devices/pump-1/presence', status: 'online' }]);
});

test.each([
  ['no JSON', '{"status":'],
  ['no object', '["online"]'],
  ['nothing', ''],
  ['longer than 256 KiB', JSON.stringify({ status: 'x'.repeat(262_144) })],
])('a message that is %s is dropped, and the next one is taken', async (_what, payload) => {
  const { transport, device } = await start();
  const taken = await collect(transport, 1);
  await device.publishAsync(deviceTopic('pump-1', 'presence'), payload, { qos: 1 });
  await device.publishAsync(deviceTopic('pump-1', 'presence'), '{"status":"offline"}', { qos: 1 });
  expect(await taken.messages).toMatchObject([{ status: 'offline' }]);
});

test('messages of one topic are taken one after another', async () => {
  const { transport, device } = await start();
  const log: string[] = [];
  const finished = Promise.withResolvers<void>();
  await transport.subscribe({
    onDefect: finished.reject,
    take: async ({ id }) => {
      log.push(`begin ${id}`);
      await device.publishAsync('elsewhere', '', { qos: 1 });
      log.push(`end ${id}`);
      if (id === 3) finished.resolve();
    },
  });
  for (const id of [1, 2, 3]) {
    device.publish(deviceTopic('pump-1', 'answers'), JSON.stringify({ id }), { qos: 1 });
  }
  await finished.promise;
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

test('a device that is slow to be dealt with does not hold up the others', async () => {
  const { transport, device } = await start();
  const second = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  await transport.subscribe({
    onDefect: first.reject,
    take: async ({ topic }) => {
      if (topic.includes('pump-2')) return second.resolve();
      await second.promise;
      first.resolve();
    },
  });
  device.publish(deviceTopic('pump-1', 'presence'), '{}', { qos: 1 });
  device.publish(deviceTopic('pump-2', 'presence'), '{}', { qos: 1 });
  await first.promise;
});

test('at most 128 messages are taken at once', async () => {
  const { transport, device } = await start();
  const gate = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let [running, most, taken] = [0, 0, 0];
  await transport.subscribe({
    onDefect: all.reject,
    take: async () => {
      most = Math.max(most, ++running);
      if (running === 128) gate.resolve();
      await gate.promise;
      running--;
      if (++taken === 500) all.resolve();
    },
  });
  for (let at = 0; at < 500; at++) device.publish(deviceTopic(`d${at}`, 'presence'), '{}', { qos: 1 });
  await all.promise;
  expect(most).toBe(128);
});

test('a whole fleet that comes back at once is sent its commands, though taking each message sends one', async () => {
  const { transport, device } = await start();
  const fleet = 1_000;
  const sent = Promise.withResolvers<void>();
  let answered = 0;
  await transport.subscribe({
    onDefect: sent.reject,
    take: async () => {
      await transport.send('pump-1', COMMAND);
      if (++answered === fleet) sent.resolve();
    },
  });
  for (let at = 0; at < fleet; at++) device.publish(deviceTopic(`d${at}`, 'presence'), '{}', { qos: 1 });
  await sent.promise;
});

test('a defect in taking a message is told, and the next message is taken', async () => {
  const { transport, device } = await start();
  const defect = Promise.withResolvers<unknown>();
  const next = Promise.withResolvers<void>();
  await transport.subscribe({
    onDefect: defect.resolve,
    take: async ({ status }) => {
      if (status === 'online') throw new Error('the disk is full');
      next.resolve();
    },
  });
  await device.publishAsync(deviceTopic('pump-1', 'presence'), '{"status":"online"}', { qos: 1 });
  await device.publishAsync(deviceTopic('pump-1', 'presence'), '{"status":"offline"}', { qos: 1 });
  expect(await defect.promise).toMatchObject({ message: 'the disk is full' });
  await next.promise;
});

test('after the broker has been away, messages are taken and commands sent again', async () => {
  const { broker, transport, device } = await start();
  const taken = await collect(transport, 1);
  await broker.close();
  const sent = transport.send('pump-1', COMMAND);
  const again = await startBroker({ host: '127.0.0.1', port: broker.port });
  onTestFinished(() => again.close());
  await sent;
  device.publish(deviceTopic('pump-1', 'presence'), '{"status":"online"}', { qos: 1, retain: true });
  expect(await taken.messages).toMatchObject([{ status: 'online' }]);
});

test('a broker that is not there is told as SW3003', async () => {
  const { broker } = await start();
  await broker.close();
  await expect(connectBroker({ url: broker.url })).rejects.toMatchObject({
    code: 'SW3003',
    kind: 'unavailable',
    message: expect.stringContaining(broker.url),
  });
});

test('a broker that does not know the password is told as SW3003, and the right one is let in', async () => {
  const broker = await startBroker({ host: '127.0.0.1', port: 0, password: 'right' });
  onTestFinished(() => broker.close());
  await expect(connectBroker({ url: broker.url, password: 'wrong' })).rejects.toMatchObject({
    code: 'SW3003',
    message: expect.stringContaining('Bad username or password'),
  });
  const transport = await connectBroker({ url: broker.url, password: 'right' });
  await transport.close();
});

test('a password in the URL is used, and is not told', async () => {
  const broker = await startBroker({ host: '127.0.0.1', port: 0, password: 'right' });
  onTestFinished(() => broker.close());
  const url = (password: string): string => broker.url.replace('//', `//me:${password}@`);
  const transport = await connectBroker({ url: url('right') });
  await transport.close();
  await expect(connectBroker({ url: url('wr@ng') })).rejects.toMatchObject({
    message: `the MQTT broker ${broker.url} cannot be used: Connection refused: Bad username or password`,
  });
});

test.each(['127.0.0.1:1883', 'gopher://127.0.0.1', ''])('"%s" is no address of a broker', async (url) => {
  await expect(connectBroker({ url })).rejects.toMatchObject({ code: 'SW3003' });
});
