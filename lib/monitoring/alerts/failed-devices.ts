import { fromCommandItem } from '#devices/command.ts';
import { executionKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';

/** Devices that an alert is about. */
export interface AlertDevices {
  /** 20 at most. */
  readonly devices: string[];
  readonly deviceCount: number;
}

/** What of an alert says which devices it is about. */
interface About extends AlertDevices {
  readonly executions: readonly string[];
}

/** So many executions of an alert are looked at, so many commands of each, and so many devices are named. */
const MOST_EXECUTIONS = 3;
const MOST_COMMANDS = 5_000;
const MOST_NAMED = 20;

/**
 * An alert with the devices on which its executions have failed, where its own events name none: those of an execution do not. Devices that
 * are put back since are among them.
 */
export async function withFailedDevices<Alert extends About>(table: Table, alert: Alert): Promise<Alert> {
  if (alert.deviceCount > 0) return alert;
  const failed = new Set<string>();
  for (const execution of alert.executions.slice(0, MOST_EXECUTIONS)) {
    for (const device of await failedIn(table, execution)) failed.add(device);
  }
  return { ...alert, devices: [...failed].slice(0, MOST_NAMED), deviceCount: failed.size };
}

async function failedIn(table: Table, execution: string): Promise<readonly string[]> {
  const failed: string[] = [];
  let looked = 0;
  const query = {
    ...{ partition: executionKeys.partition(execution), prefix: executionKeys.commandPrefix, limit: 1_000 },
  };
  for await (const item of queryAll(table, query)) {
    const { status, device, undoes, verifies } = fromCommandItem(item);
    const isOwn = undoes === undefined && verifies === undefined;
    if (isOwn && FAILED.includes(status)) failed.push(device);
    if (++looked >= MOST_COMMANDS) break;
  }
  return failed;
}

const FAILED: readonly string[] = ['FAILED', 'TIMED_OUT', 'EXPIRED'];
