import type { Joined, JoinRequest } from '#compiler/rollout-payload.ts';
import { findDevice } from '#devices/registry.ts';
import { asSelected, type SelectedDevice, selectDevices } from '#devices/select.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import { claimDevices } from './claims.ts';

type Ports = Pick<SignalPorts, 'table' | 'clock'>;

/**
 * Devices that have joined a rollout since it began, or since they were last asked for by another wave; undefined while there are none. A
 * wave that asks again gets the same ones. What others have claimed joins once they have let it go.
 */
export async function joinedDevices(
  ports: Ports,
  request: JoinRequest,
  wave: string,
): Promise<Joined | undefined> {
  const { execution, rollout, known } = request;
  const before = await joinsOf(ports.table, request);
  const own = before.find((join) => join.wave === wave);
  if (own !== undefined) return numbered(await describe(ports.table, own.devices), own.from);
  const taken = new Set([...known, ...before.flatMap(({ devices }) => devices)]);
  const selected = await selectDevices(ports.table, request);
  const joined = await claimed(
    ports,
    request,
    selected.filter(({ id }) => !taken.has(id)),
  );
  if (joined.length === 0) return undefined;
  const devices = joined.map(({ id }) => id);
  await ports.table.put({
    ...executionKeys.joined(execution, rollout, wave),
    wave,
    from: taken.size,
    devices,
  });
  return numbered(joined, taken.size);
}

/** Since when a rollout watches for devices that join, in ms since the epoch: now, the first time that this is asked. */
export async function watchedSince(
  { table, clock }: Ports,
  { execution, rollout }: JoinRequest,
): Promise<number> {
  const key = executionKeys.watched(execution, rollout);
  try {
    const since = clock.now();
    await table.put({ ...key, since }, { exists: false });
    return since;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return Number(error.item?.['since'] ?? (await table.get(key))?.['since']);
  }
}

/** Devices that one wave has taken in. */
interface Join {
  readonly wave: string;
  /** Number of the first of them among the items. */
  readonly from: number;
  readonly devices: readonly string[];
}

async function joinsOf(table: Table, { execution, rollout }: JoinRequest): Promise<readonly Join[]> {
  const partition = executionKeys.partition(execution);
  const items = await Array.fromAsync(
    queryAll(table, { partition, prefix: executionKeys.joinedPrefix(rollout) }),
  );
  return items.map(({ wave, from, devices }) => ({
    ...{ wave: String(wave), from: Number(from) },
    devices: Array.isArray(devices) ? devices.map(String) : [],
  }));
}

async function claimed(
  ports: Ports,
  { claim, execution, rollout }: JoinRequest,
  devices: readonly SelectedDevice[],
): Promise<readonly SelectedDevice[]> {
  if (claim === undefined || devices.length === 0) return devices;
  const ids = devices.map(({ id }) => id);
  const taken = await claimDevices(ports, ids, { execution, path: rollout });
  return devices.filter(({ id }) => taken.every(({ device }) => device !== id));
}

async function describe(table: Table, ids: readonly string[]): Promise<readonly SelectedDevice[]> {
  const devices = await Promise.all(ids.map((id) => findDevice(table, id)));
  return devices.flatMap((device) => (device === undefined ? [] : [asSelected(device)]));
}

function numbered(devices: readonly SelectedDevice[], from: number): Joined {
  return { items: devices.map((item, index) => ({ at: from + index, item })) };
}
