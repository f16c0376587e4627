import type { Alternative } from '#compiler/route-payload.ts';
import { EVERY } from '#routing/rings.ts';
import { plainFault } from '#routing/wish.ts';
import type { Device } from './device.ts';
import type { DevicePorts } from './ports.ts';
import { changeDevice, type DeviceRegistration } from './registry.ts';
import { askersFor } from './route-wait.ts';

/** What waking takes. */
export type WakePorts = Pick<DevicePorts, 'table' | 'deadlines' | 'clock'>;

/** Has a look taken, right away, at every command that waits for a device such as this, which has come or changed. */
export async function wakeWaits({ table, deadlines, clock }: WakePorts, device: Device): Promise<void> {
  if (device.status !== 'online') return;
  const woken = new Set<string>();
  await Promise.all(
    [EVERY, ...Object.keys(device.capabilities)].map(async (capability) => {
      for await (const { id, alternatives } of askersFor(table, capability)) {
        if (woken.has(id) || !alternatives.some((one) => mayFit(device, one))) continue;
        woken.add(id);
        await deadlines.schedule({ kind: 'route-woken', id }, clock.now());
      }
    }),
  );
}

function mayFit(device: Device, alternative: Alternative): boolean {
  return alternative.device === undefined
    ? plainFault(device, alternative) === undefined
    : alternative.device === device.id;
}

/** Registers a device as {@link changeDevice} does, and wakes what waits for one such as it has become. */
export async function registerAndWake(ports: WakePorts, registration: DeviceRegistration): Promise<Device> {
  const { device, isMoved } = await changeDevice(ports, registration);
  if (isMoved) await wakeWaits(ports, device);
  return device;
}
