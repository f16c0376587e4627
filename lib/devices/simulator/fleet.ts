import type { IClientOptions } from 'mqtt';
import { type Clock, systemClock } from '#core/clock.ts';
import { seededRandom } from '#core/random.ts';
import type { PresenceMessage } from '../messages.ts';
import { type ConnectedDevice, connectDevice } from '../sdk/device.ts';
import { deviceTopic } from '../topics.ts';
import { connectMqtt } from '../transport/mqtt-connection.ts';
import type { Fleet, FleetDevice } from './read-fleet.ts';
import { type ExecutedCommand, SimulatedDevice } from './simulated-device.ts';

/** What a fleet is started with. */
export interface FleetOptions {
  readonly fleet: Fleet;
  /** Such as `mqtt://127.0.0.1:1883`. */
  readonly brokerUrl: string;
  /** What else each connection takes. */
  readonly mqtt?: IClientOptions;
  readonly clock?: Clock;
  /** Told of each command that a device really carries out. */
  readonly onExecuted?: (command: ExecutedCommand) => void;
}

/** A fleet that runs. */
export interface RunningFleet {
  /** Ids of the devices that are connected. */
  readonly online: readonly string[];
  /** Disconnects every device. */
  stop(): Promise<void>;
}

/** How many devices connect at once. */
const CONNECTING_AT_ONCE = 32;

/** Connects every device of a fleet, and registers those that stay offline. Throws SW3003. */
export async function startFleet(options: FleetOptions): Promise<RunningFleet> {
  const { devices } = options.fleet;
  await registerOffline(
    devices.filter(({ connected }) => !connected),
    options,
  );
  const online = devices.filter(({ connected }) => connected);
  const running: ConnectedDevice[] = [];
  const waiting = [...online.entries()];
  const connectNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      running.push(await connectOne(next[1], seedOf(options.fleet, next[0]), options));
    }
  };
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((device) => device.close()));
  };
  try {
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectNext));
  } catch (error) {
    waiting.length = 0;
    await stop();
    throw error;
  }
  return { online: online.map(({ id }) => id), stop };
}

/** Any number that keeps the streams of neighbours apart: Knuth's multiplicative hash (TAOCP 3, 6.4). */
function seedOf({ seed }: Fleet, index: number): number {
  return Math.imul(seed + index + 1, 2_654_435_761);
}

async function connectOne(
  device: FleetDevice,
  seed: number,
  { brokerUrl, mqtt, clock = systemClock, onExecuted = () => undefined }: FleetOptions,
): Promise<ConnectedDevice> {
  const simulated = new SimulatedDevice({ device, clock, random: seededRandom(seed), onExecuted });
  const connected: ConnectedDevice = await connectDevice({
    id: device.id,
    url: brokerUrl,
    ...(mqtt === undefined ? {} : { mqtt }),
    clock,
    describe: () => simulated.describe(),
    execute: (message) => simulated.execute(message),
    transmit: async (answer, send) => {
      await simulated.transmit(answer, send);
      if (answer.status !== 'RUNNING' && simulated.flaps()) connected.drop();
    },
  });
  return connected;
}

/** Says of devices that do not connect who they are, as a gateway does. */
async function registerOffline(
  devices: readonly FleetDevice[],
  { brokerUrl, mqtt }: FleetOptions,
): Promise<void> {
  if (devices.length === 0) return;
  const gateway = await connectMqtt(brokerUrl, { ...mqtt });
  for (const { id, type = 'device', zone, capabilities, tags, reported } of devices) {
    const presence: PresenceMessage = { status: 'offline', type, zone, capabilities, tags, reported };
    await gateway.publishAsync(deviceTopic(id, 'presence'), JSON.stringify(presence), {
      qos: 1,
      retain: true,
    });
  }
  await gateway.endAsync();
}
