import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import type { CommandMessage } from '#devices/messages.ts';
import { connectDevice, type DeviceOptions, type Line } from '#devices/sdk/device.ts';
import { commandTopic, DEVICE_MESSAGE_KINDS, deviceTopicFilter } from '#devices/topics.ts';
import { startBroker } from '#embedded/broker.ts';
import { listen } from '#embedded/listen.ts';

const COMMAND: CommandMessage = { id: 'c1', command: 'valve.open', with: {}, issuedAt: 0, timeoutMs: 1_000 };

/** Somebody at the broker who hears what devices say. */
class Listener {
  readonly #heard: string[] = [];
  readonly #client: MqttClient;
  #onNews: () => void = () => undefined;

  constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => {
      this.#heard.push(`${topic.split('/').slice(2).join(' ')} ${payload}`);
      this.#onNews();
    });
  }

  /** The next so many things that are said. */
  async hear(count: number): Promise<string[]> {
    while (this.#heard.length < count) {
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
    return this.#heard.splice(0, count);
  }

  async command(device: string, payload: string): Promise<void> {
    await this.#client.publishAsync(commandTopic(device), payload, { qos: 1 });
  }
}

async function start(options: Partial<DeviceOptions> = {}) {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const client = await mqtt.connectAsync(broker.url);
  const listener = new Listener(client);
  await client.subscribeAsync(DEVICE_MESSAGE_KINDS.map(deviceTopicFilter), { qos: 1 });
  const device = await connectDevice({
    id: 'valve',
    url: broker.url,
    describe: () => ({ type: 'valve', zone: 'hall', reported: { open: false } }),
    execute: async () => ({ result: 'opened' }),
    ...options,
  });
  onTestFinished(async () => {
    await Promise.all([device.close(), client.endAsync(true)]);
    await broker.close();
  });
  return { broker, client, listener, device };
}

const ONLINE = 'valve presence {"type":"valve","zone":"hall","reported":{"open":false},"status":"online"}';
const OFFLINE = 'valve presence {"status":"offline"}';
const OPENED = 'valve answers {"id":"c1","status":"SUCCEEDED","result":"opened"}';

test('a device says who it is, answers a command, and says goodbye', async () => {
  const { listener, device } = await start();
  expect(await listener.hear(1)).toEqual([ONLINE]);
  await listener.command('valve', JSON.stringify(COMMAND));
  expect(await listener.hear(1)).toEqual([OPENED]);
  await device.close();
  expect(await listener.hear(1)).toEqual([OFFLINE]);
});

test('a device tells of an event', async () => {
  const { listener, device } = await start();
  await listener.hear(1);
  await device.emit({ name: 'door.opened', data: { door: 'd7' } });
  expect(await listener.hear(1)).toEqual(['valve events {"name":"door.opened","data":{"door":"d7"}}']);
});

test('a command that is delivered twice is done once and answered twice', async () => {
  let executions = 0;
  const { listener } = await start({ execute: async () => ({ result: ++executions }) });
  await listener.hear(1);
  for (let at = 0; at < 2; at++) {
    await listener.command('valve', JSON.stringify(COMMAND));
    expect(await listener.hear(1)).toEqual(['valve answers {"id":"c1","status":"SUCCEEDED","result":1}']);
  }
});

test.each(['{', '[]', '{"id":"c1"}', ''])('"%s" is no command, and is not answered', async (payload) => {
  const { listener } = await start();
  await listener.hear(1);
  await listener.command('valve', payload);
  await listener.command('valve', JSON.stringify(COMMAND));
  expect(await listener.hear(1)).toEqual([OPENED]);
});

test('a line that breaks leaves the last will; the device comes back by itself, as it is then', async () => {
  let line: Line | undefined;
  let isOpen = false;
  const { listener } = await start({
    describe: () => ({ reported: { open: isOpen } }),
    execute: async () => {
      isOpen = true;
      return {};
    },
    transmit: (answer, used) => {
      line = used;
      used.send(answer);
    },
  });
  await listener.command('valve', JSON.stringify(COMMAND));
  await listener.hear(2);
  line?.drop();
  expect(await listener.hear(2)).toEqual([
    OFFLINE,
    'valve presence {"reported":{"open":true},"status":"online"}',
  ]);
  await listener.command('valve', JSON.stringify({ ...COMMAND, id: 'c2' }));
  expect(await listener.hear(1)).toEqual(['valve answers {"id":"c2","status":"SUCCEEDED"}']);
});

test('a device can be closed when its broker has gone', async () => {
  const { broker, listener, device } = await start();
  await listener.hear(1);
  await broker.close();
  await device.close();
});

test('a broker that is not there, or lets nobody in, is told as SW3003', async () => {
  const { broker } = await start();
  const options = {
    id: 'pump',
    url: broker.url,
    describe: () => ({}),
    execute: async () => ({}),
  };
  await broker.close();
  await expect(connectDevice(options)).rejects.toMatchObject({ code: 'SW3003' });
  const guarded = await startBroker({ host: '127.0.0.1', port: 0, password: 'secret' });
  onTestFinished(() => guarded.close());
  await expect(connectDevice({ ...options, url: guarded.url })).rejects.toMatchObject({ code: 'SW3003' });
  const mqttOptions = { username: 'pump', password: 'secret' };
  const device = await connectDevice({ ...options, url: guarded.url, mqtt: mqttOptions });
  await device.close();
});

test('a broker that does not let a device hear its commands is told as SW3003', async () => {
  const aedes = await Aedes.createBroker({ authorizeSubscribe: (_client, _wish, done) => done(null, null) });
  const server = createServer((socket) => void aedes.handle(socket));
  const port = await listen(server, { host: '127.0.0.1', port: 0, option: '--mqtt-port' });
  onTestFinished(async () => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    server.close();
  });
  const url = `mqtt://127.0.0.1:${port}`;
  const options = { id: 'pump', url, describe: () => ({}), execute: async () => ({}) };
  await expect(connectDevice(options)).rejects.toMatchObject({ code: 'SW3003' });
});
