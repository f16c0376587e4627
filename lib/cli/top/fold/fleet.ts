import type { FeedEvent } from '../../events/event-calls.ts';
import { type FleetDevice, KEPT, type OpenCommand, type TopState } from '../top-state.ts';

type Fleet = Pick<TopState, 'devices' | 'isFleetCut' | 'leftOut'>;

/** What events say of devices. */
export function foldFleet(before: Fleet, events: readonly FeedEvent[]): Fleet {
  const told = events.filter(({ kind }) => kind.startsWith('device.') && kind !== 'device.reported');
  const devices = new Map(before.devices);
  const leftOut = new Map(before.leftOut);
  let { isFleetCut } = before;
  for (const { kind, device = '', data } of told) {
    const known = devices.get(device);
    if (kind === 'device.removed') devices.delete(device);
    else if (kind === 'device.registered' && known === undefined && devices.size >= KEPT.devices)
      isFleetCut = true;
    else if (kind === 'device.registered') devices.set(device, registered(data, known));
    else if (known !== undefined && (kind === 'device.online' || kind === 'device.offline'))
      devices.set(device, { ...known, isOnline: kind === 'device.online' });
    else if (kind === 'device.breaker-closed') leftOut.delete(device);
    else if (kind === 'device.breaker-opened' || kind === 'device.quarantined')
      leftOut.set(device, Date.parse(String(data['until'])));
  }
  return { devices, isFleetCut, leftOut: new Map([...leftOut].slice(-KEPT.devices)) };
}

function registered({ type, zone }: FeedEvent['data'], known: FleetDevice | undefined): FleetDevice {
  return {
    type: String(type),
    ...(typeof zone === 'string' ? { zone } : {}),
    isOnline: known?.isOnline ?? false,
  };
}

/** What events say of commands that have not ended. */
export function foldCommands(
  before: ReadonlyMap<string, OpenCommand>,
  events: readonly FeedEvent[],
): ReadonlyMap<string, OpenCommand> {
  const told = events.filter(({ kind }) => kind.startsWith('command.'));
  if (told.length === 0) return before;
  const commands = new Map(before);
  for (const { kind, command = '', device = '' } of told) {
    if (kind === 'command.queued') commands.set(command, { device, isSent: false });
    else if (/\.(sent|delivered|running)$/.test(kind)) commands.set(command, { device, isSent: true });
    else if (/\.(succeeded|failed|timed-out|expired|cancelled)$/.test(kind)) commands.delete(command);
  }
  return commands.size <= KEPT.commands ? commands : new Map([...commands].slice(-KEPT.commands));
}
