import type { PlanRolloutRequest, RolloutPlan } from '#compiler/rollout-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { executionKeys } from '#table/keys.ts';
import { claimDevices, giveDevicesBack, type Taken } from './claims.ts';
import { divideIntoWaves } from './divide.ts';

/**
 * Says which items each wave of a forEach takes, claims their devices where that is asked for, and puts the choice on record.
 * Throws Device.Claimed.
 */
export async function planRollout(
  ports: Pick<SignalPorts, 'table' | 'clock'>,
  request: Omit<PlanRolloutRequest, 'taskToken'>,
): Promise<RolloutPlan> {
  const { execution, path, devices, waves } = request;
  const skipped = await takenDevices(ports, request);
  const names = new Set(skipped.map(({ device }) => device));
  const without = new Set(devices.flatMap((device, item) => (names.has(device) ? [item] : [])));
  const plan: RolloutPlan = { ...divideIntoWaves({ devices, waves, without }), skipped };
  const { rank: _rank, ...kept } = plan;
  await ports.table.put({ ...executionKeys.rolloutPlan(execution, path), path, ...kept });
  return plan;
}

/** The devices that others have, where the rollout goes on without them. */
async function takenDevices(
  ports: Pick<SignalPorts, 'table' | 'clock'>,
  { execution, path, devices, claim }: Omit<PlanRolloutRequest, 'taskToken'>,
): Promise<readonly Taken[]> {
  if (claim === undefined) return [];
  const nameless = devices.indexOf('');
  if (nameless >= 0) {
    const cause = `item ${nameless} of "${path}" is no device: it is neither an id nor an object with an id, and cannot be claimed`;
    throw new RuntimeError('Step.InvalidArguments', cause);
  }
  const taken = await claimDevices(ports, devices, { execution, path });
  const [first] = taken;
  if (first === undefined || claim === 'skip') return taken;
  await giveDevicesBack(ports.table, { execution, path });
  const more = taken.length === 1 ? '' : `, and ${taken.length - 1} more are in others`;
  throw new RuntimeError('Device.Claimed', `device "${first.device}" is in execution "${first.by}"${more}`);
}
