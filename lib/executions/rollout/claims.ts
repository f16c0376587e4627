import { CLAIMS_FREED } from '#compiler/rollout-payload.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { publishEvent } from '#signals/signal.ts';
import { deviceKeys, executionKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table, type Write } from '#table/table.ts';
import { isFinal } from '../execution.ts';
import { findExecution } from '../execution-store.ts';

/** Two writes for each device, and a check: a transaction takes 100 (DynamoDB Developer Guide, "TransactWriteItems"). */
const DEVICES_OF_A_BATCH = 49;

/** How long what a redrive has claimed before it goes on is left to it, in ms. */
const PREPARATION_MS = 300_000;

type Ports = Pick<SignalPorts, 'table' | 'clock'>;

/** Who claims: a `forEach` of an execution. */
export interface Claimant {
  readonly execution: string;
  /** Path of the forEach. */
  readonly path: string;
}

/** A device that another execution has claimed. */
export interface Taken {
  readonly device: string;
  readonly by: string;
}

/**
 * Claims devices for an execution, which has them until it has ended, its undo included. Gives those that others have, which
 * are left to them. Called again, it comes to the same. Throws Stepwright.Stopped when the execution has ended meanwhile.
 */
export function claimDevices(
  ports: Ports,
  devices: readonly string[],
  claimant: Claimant,
): Promise<readonly Taken[]> {
  return claimAll(ports, devices, { ...claimant, isRunning: true });
}

type Claiming = Claimant & { readonly isRunning: boolean };

async function claimAll(
  ports: Ports,
  devices: readonly string[],
  claiming: Claiming,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  // One order for all: two that claim the same devices do not each get half of them.
  const inOrder = [...new Set(devices)].sort();
  for (let from = 0; from < inOrder.length; from += DEVICES_OF_A_BATCH) {
    taken.push(...(await claimBatch(ports, inOrder.slice(from, from + DEVICES_OF_A_BATCH), claiming)));
  }
  return taken;
}

async function claimBatch(
  ports: Ports,
  devices: readonly string[],
  claiming: Claiming,
): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (let wanted = devices; wanted.length > 0; ) {
    const conflict = await tryToClaim(ports, wanted, claiming);
    if (conflict === undefined) break;
    const by = await holderOf(ports, conflict);
    // The claim held no more, and is gone.
    if (by === undefined) continue;
    taken.push({ device: conflict, by });
    wanted = wanted.filter((device) => device !== conflict);
  }
  return taken;
}

/** The device that another has, if any; then none is claimed. */
async function tryToClaim(
  { table, clock }: Ports,
  devices: readonly string[],
  { execution, path, isRunning }: Claiming,
): Promise<string | undefined> {
  const writes = devices.flatMap((device): Write[] => [
    {
      put: { ...deviceKeys.claim(device), execution, at: clock.now() },
      condition: { any: [{ exists: false }, { attribute: 'execution', equals: execution }] },
    },
    { put: { ...executionKeys.claimed(execution, device, path), device, path } },
  ]);
  const check: Write = {
    check: executionKeys.meta(execution),
    condition: { attribute: 'status', equals: 'RUNNING' },
  };
  try {
    await table.transact(isRunning ? [...writes, check] : writes);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const device = devices[Math.floor(error.index / 2)];
    if (device !== undefined) return device;
    throw new RuntimeError('Stepwright.Stopped', `execution "${execution}" runs no more`, { cause: error });
  }
}

/**
 * The execution that has a device. A claim of one that has ended, or that nobody knows, is taken away: its end has not been
 * told yet. Unless it was made after that end: a redrive is about to go on.
 */
async function holderOf({ table, clock }: Ports, device: string): Promise<string | undefined> {
  const claim = await table.get(deviceKeys.claim(device));
  if (claim === undefined) return undefined;
  const by = String(claim['execution']);
  const execution = await findExecution(table, by);
  if (execution !== undefined && !isFinal(execution.status)) return by;
  const at = Number(claim['at']);
  if (at > (execution?.endedAt ?? at) && clock.now() - at < PREPARATION_MS) return by;
  await deleteClaim(table, device, by);
  return undefined;
}

/** Takes away what rollouts of an execution that has ended still waited for, and frees its devices. */
export async function leaveRollouts(ports: SignalPorts, execution: string): Promise<void> {
  const query = { partition: executionKeys.partition(execution), prefix: executionKeys.rolloutPrefix };
  const kept = await Array.fromAsync(queryAll(ports.table, { ...query, limit: 1_000 }));
  for (const { pk, sk } of kept) {
    if (sk.startsWith(taskKeys.pausePrefix)) await ports.table.delete({ pk, sk });
  }
  if (kept.some(({ sk }) => sk.startsWith(executionKeys.claimedPrefix))) await freeDevices(ports, execution);
}

/**
 * Frees the devices of an execution once it has ended for good; without effect before. What it had stays on record with the
 * execution, so that a redrive can claim it again. Whoever waits for devices is told.
 */
export async function freeDevices(ports: SignalPorts, execution: string): Promise<void> {
  const devices = await devicesOf(ports.table, execution);
  if (devices.length === 0) return;
  const found = await findExecution(ports.table, execution);
  if (found !== undefined && !isFinal(found.status)) return;
  for (const device of devices) await deleteClaim(ports.table, device, execution);
  await publishEvent(ports, { name: CLAIMS_FREED, data: { execution } });
}

/** Gives back what a forEach has claimed, because it did not get all; what others of its execution claim too stays. */
export async function giveDevicesBack(table: Table, { execution, path }: Claimant): Promise<void> {
  const claims = await claimsOf(table, execution);
  const kept = new Set(claims.flatMap((claim) => (claim.path === path ? [] : [claim.device])));
  for (const { device } of claims.filter((claim) => claim.path === path)) {
    if (!kept.has(device)) await deleteClaim(table, device, execution);
    await table.delete(executionKeys.claimed(execution, device, path));
  }
}

/** Claims again what an execution had when it ended, before it is redriven. All or nothing. Throws SW4065. */
export async function claimDevicesAgain(ports: SignalPorts, execution: string): Promise<void> {
  for (const [path, claims] of Map.groupBy(await claimsOf(ports.table, execution), (claim) => claim.path)) {
    const devices = claims.map(({ device }) => device);
    const [taken] = await claimAll(ports, devices, { execution, path, isRunning: false });
    if (taken === undefined) continue;
    await freeDevices(ports, execution);
    throw new StepwrightError({
      code: 'SW4065',
      kind: 'conflict',
      message: `the execution had claimed device "${taken.device}" when it ended, and execution "${taken.by}" has it now`,
      hint: 'redrive it when that one has ended',
    });
  }
}

/** The devices that an execution has claimed, or had when it ended. */
async function devicesOf(table: Table, execution: string): Promise<readonly string[]> {
  return [...new Set((await claimsOf(table, execution)).map(({ device }) => device))];
}

interface Claimed {
  readonly device: string;
  readonly path: string;
}

async function claimsOf(table: Table, execution: string): Promise<readonly Claimed[]> {
  const query = { partition: executionKeys.partition(execution), prefix: executionKeys.claimedPrefix };
  const items = await Array.fromAsync(queryAll(table, { ...query, limit: 1_000 }));
  return items.map(({ device, path }) => ({ device: String(device), path: String(path) }));
}

async function deleteClaim(table: Table, device: string, execution: string): Promise<void> {
  try {
    await table.delete(deviceKeys.claim(device), { attribute: 'execution', equals: execution });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
