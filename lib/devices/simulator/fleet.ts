import type { IClientOptions } from 'mqtt';
import { type Clock, systemClock } from '#core/clock.ts';
import { seededRandom } from '#core/random.ts';
import type { PresenceMessage } from '../messages.ts';
import type { CommandStore } from '../sdk/command-store.ts';
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
  /** Where a device keeps which commands it has done. Default: in memory. */
  readonly storeOf?: (device: string) => CommandStore;
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
  const online = devices.filter(({ connected }) => connected);
  const offline = devices.filter(({ connected }) => !connected);
  await registerOffline(offline, options);
  const running = await connectAll(online, options);
  return { online: online.map(({ id }) => id), stop: () => closeAll(running) };
}

/** All or none. */
async function connectAll(
  devices: readonly FleetDevice[],
  options: FleetOptions,
): Promise<readonly ConnectedDevice[]> {
  const waiting = [...devices];
  const running: ConnectedDevice[] = [];
  const connectNext = async (): Promise<void> => {
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        running.push(await connectOne(next, options));
      }
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: CONNECTING_AT_ONCE }, connectNext));
  const failed = lanes.find((lane) => lane.status === 'rejected');
  if (failed === undefined) return running;
  await closeAll(running);
  throw failed.reason;
}

async function closeAll(running: readonly ConnectedDevice[]): Promise<void> {
  await Promise.all(running.map((device) => device.close()));
}

/** Of the fleet's seed and the device's id, so that it stays the same whatever else is in the file. FNV-1a, 32 bits. */
function seedOf({ seed }: Fleet, { id }: FleetDevice): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${seed}:${id}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

async function connectOne(device: FleetDevice, options: FleetOptions): Promise<ConnectedDevice> {
  const { fleet, brokerUrl, mqtt = {}, clock = systemClock, onExecuted = () => undefined } = options;
  const random = seededRandom(seedOf(fleet, device));
  const store = options.storeOf?.(device.id);
  const kept = await store?.load();
  const reported = { ...device.reported, ...kept?.reported };
  const simulated = new SimulatedDevice({ device: { ...device, reported }, clock, random, onExecuted });
  return connectDevice({
    id: device.id,
    url: brokerUrl,
    mqtt,
    clock,
    store,
    describe: () => simulated.describe(),
    execute: (message) => simulated.execute(message),
    transmit: (answer, line) => simulated.transmit(answer, line),
  });
}

/** Says of devices that do not connect who they are, as a gateway does. */
async function registerOffline(
  devices: readonly FleetDevice[],
  { brokerUrl, mqtt }: FleetOptions,
): Promise<void> {
  if (devices.length === 0) return;
  const gateway = await connectMqtt(brokerUrl, mqtt ?? {});
  for (const { id, type = 'device', zone, capabilities, tags, reported } of devices) {
    const presence: PresenceMessage = { status: 'offline', type, zone, capabilities, tags, reported };
    await gateway.publishAsync(deviceTopic(id, 'presence'), JSON.stringify(presence), {
      qos: 1,
      retain: true,
    });
  }
  await gateway.endAsync();
}
