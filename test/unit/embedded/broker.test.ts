import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { startBroker } from '#embedded/broker.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };

test('what one client publishes reaches another that subscribed', async () => {
  const broker = await startBroker(LOCAL);
  const client = await mqtt.connectAsync(broker.url);
  const received = new Promise<string>((resolve) => {
    client.on('message', (topic, payload) => resolve(`${topic} ${payload}`));
  });
  await client.subscribeAsync('greetings', { qos: 1 });
  await client.publishAsync('greetings', 'hello', { qos: 1 });
  expect(await received).toBe('greetings hello');
  await client.endAsync();
  await broker.close();
});

test('closing drops the clients', async () => {
  const broker = await startBroker(LOCAL);
  const client = await mqtt.connectAsync(broker.url, { reconnectPeriod: 0 });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await broker.close();
  await closed;
});

test('a port in use is refused, with the option that changes it', async () => {
  const broker = await startBroker(LOCAL);
  await expect(startBroker({ host: '127.0.0.1', port: broker.port })).rejects.toMatchObject({
    code: 'SW3001',
    message: `port ${broker.port} on 127.0.0.1 is already in use`,
    hint: expect.stringContaining('--mqtt-port'),
  });
  await broker.close();
});

test('an address that is not ours is refused', async () => {
  await expect(startBroker({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'SW3002' });
});

test('with a password set, no client comes in without it', async () => {
  const broker = await startBroker({ ...LOCAL, password: 'right' });
  const connect = (password?: string) =>
    mqtt.connectAsync(broker.url, {
      reconnectPeriod: 0,
      username: 'device',
      ...(password === undefined ? {} : { password }),
    });
  await expect(connect('wrong')).rejects.toThrow('Bad username or password');
  await expect(connect()).rejects.toThrow('Bad username or password');
  await (await connect('right')).endAsync();
  await broker.close();
});
