import { expect, onTestFinished, test } from 'vitest';
import { Source } from '#definition/source.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { type FleetOptions, type RunningFleet, startFleet } from '#devices/simulator/fleet.ts';
import { type Fleet, readFleet } from '#devices/simulator/read-fleet.ts';
import { type BrokerTransport, connectBroker, type ReceivedMessage } from '#devices/transport/broker.ts';
import { startBroker } from '#embedded/broker.ts';

function fleetOf(text: string): Fleet {
  const { fleet, diagnostics } = readFleet(Source.parse('fleet.yaml', `stepwright: 1\nfleet: f\n${text}`));
  expect(diagnostics).toEqual([]);
  if (fleet === undefined) throw new Error('there is no fleet');
  return fleet;
}

const command = (id: string): CommandMessage => ({
  id,
  command: 'install',
  with: { release: '2.1.0' },
  issuedAt: 0,
  timeoutMs: 30_000,
});

/** Our side of a broker, which keeps what devices say. */
class Station {
  readonly #transport: BrokerTransport;
  readonly #heard: ReceivedMessage[] = [];
  #onNews: () => void = () => undefined;

  private constructor(transport: BrokerTransport) {
    this.#transport = transport;
  }

  static async open(url: string): Promise<Station> {
    const station = new Station(await connectBroker({ url }));
    await station.#transport.subscribe({
      onDefect: () => undefined,
      take: async (message) => {
        station.#heard.push(message);
        station.#onNews();
      },
    });
    return station;
  }

  send(device: string, message: CommandMessage): Promise<void> {
    return this.#transport.send(device, message);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Messages with a status, as `device status`, when there are so many. */
  async hear(status: string, count: number): Promise<string[]> {
    for (;;) {
      const found = this.#heard.filter((message) => message['status'] === status);
      if (found.length >= count) return found.map(({ topic }) => topic.split('/')[2] ?? '').toSorted();
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
  }
}

async function start(
  text: string,
  options: Partial<FleetOptions> = {},
): Promise<{ station: Station; fleet: RunningFleet; brokerUrl: string }> {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const station = await Station.open(broker.url);
  const fleet = await startFleet({ fleet: fleetOf(text), brokerUrl: broker.url, ...options });
  onTestFinished(async () => {
    await fleet.stop();
    await station.close();
    await broker.close();
  });
  return { station, fleet, brokerUrl: broker.url };
}

test('devices that connect are online, and the others are registered', async () => {
  const { station, fleet } = await start('devices: [{ id: "a-{n}", count: 2 }, { id: b, connected: false }]');
  expect(fleet.online).toEqual(['a-1', 'a-2']);
  expect(await station.hear('online', 2)).toEqual(['a-1', 'a-2']);
  expect(await station.hear('offline', 1)).toEqual(['b']);
  await fleet.stop();
  expect(await station.hear('offline', 3)).toEqual(['a-1', 'a-2', 'b']);
});

test('each command that a device really carries out is told, once', async () => {
  const executed: string[] = [];
  const { station } = await start('devices: [{ id: a }, { id: b }]\nbehaviour: { duplicate: 1 }', {
    onExecuted: ({ device, commandId, command: name }) => executed.push(`${device} ${commandId} ${name}`),
  });
  for (let at = 1; at <= 3; at++) {
    await station.send('a', command('c1'));
    await station.hear('SUCCEEDED', 2 * at);
  }
  await station.send('b', command('c2'));
  expect(await station.hear('SUCCEEDED', 8)).toEqual([...Array(6).fill('a'), 'b', 'b']);
  expect(executed.toSorted()).toEqual(['a c1 install', 'b c2 install']);
});

test('a device that flaps goes by its last will, and comes back as it is then', async () => {
  const { station } = await start(
    'devices: [{ id: a }]\nbehaviour: { flap: 1, commands: { install: { sets: { firmware: "{% $with.release %}" } } } }',
  );
  await station.hear('online', 1);
  await station.send('a', command('c1'));
  expect(await station.hear('offline', 1)).toEqual(['a']);
  expect(await station.hear('online', 2)).toEqual(['a', 'a']);
});

test('a thousand devices connect, take a command each, and leave', async () => {
  const { station, fleet } = await start(
    'devices: [{ id: "d-{n}", count: 1000 }]\nbehaviour: { latency: { min: 1ms, max: 20ms } }',
  );
  expect(await station.hear('online', 1_000)).toHaveLength(1_000);
  await Promise.all(fleet.online.map((id) => station.send(id, command(id))));
  expect(new Set(await station.hear('SUCCEEDED', 1_000)).size).toBe(1_000);
  await fleet.stop();
  expect(await station.hear('offline', 1_000)).toHaveLength(1_000);
});

test.each(['connected: true', 'connected: false'])(
  'a fleet whose broker is not there is told as SW3003 (%s)',
  async (connected) => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    await broker.close();
    const fleet = fleetOf(`devices: [{ id: "a-{n}", count: 100, ${connected} }]`);
    await expect(startFleet({ fleet, brokerUrl: broker.url })).rejects.toMatchObject({ code: 'SW3003' });
  },
);
