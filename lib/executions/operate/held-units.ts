import { findHold, type Hold, HoldSchema, holdsOf, putHold } from '#concurrency/hold.ts';
import { claimUnits, returnUnits } from '#concurrency/line.ts';
import { serveLine } from '#concurrency/lock.ts';
import { StepwrightError } from '#core/error.ts';
import { executionKeys } from '#table/keys.ts';
import { queryAll } from '#table/table.ts';
import type { ExecutionPorts } from '../ports.ts';

/** Notes what an execution holds of pools when it ends, so that a redrive can take it again before it goes on. */
export async function noteHeldUnits({ table }: ExecutionPorts, execution: string): Promise<void> {
  for await (const hold of holdsOf(table, execution)) {
    if (hold.isHeld) await table.put({ ...executionKeys.held(execution, hold.id), ...hold });
  }
}

/**
 * Takes again what an execution held when it ended: its steps inside a lock are not to run without. All or nothing. Throws
 * SW4065 when others have it now.
 */
export async function takeUnitsAgain(ports: ExecutionPorts, execution: string): Promise<void> {
  const query = { partition: executionKeys.partition(execution), prefix: executionKeys.heldPrefix };
  const holds = (await Array.fromAsync(queryAll(ports.table, query))).map((item) => HoldSchema.parse(item));
  const taken: Hold[] = [];
  for (const hold of holds) {
    taken.push(hold);
    const missing = await claimAll(ports, hold);
    if (missing === undefined) continue;
    for (const each of taken) await giveBack(ports, each);
    throw unitsTaken(missing);
  }
  for (const hold of holds) {
    if ((await findHold(ports.table, hold.id)) === undefined) await putHold(ports.table, hold);
    await ports.table.delete(executionKeys.held(execution, hold.id));
  }
}

/** The pool that has not enough left; undefined when all are held. */
async function claimAll({ table, clock }: ExecutionPorts, { id, pools }: Hold): Promise<string | undefined> {
  for (const [pool, units] of Object.entries(pools)) {
    const claim = { pool, units, holder: id, since: clock.now() };
    if ((await claimUnits(table, claim)) === 'in line') return pool;
  }
  return undefined;
}

async function giveBack(ports: ExecutionPorts, { id, pools }: Hold): Promise<void> {
  for (const pool of Object.keys(pools)) {
    await returnUnits(ports.table, { pool, holder: id });
    await serveLine(ports, pool);
  }
}

function unitsTaken(pool: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4065',
    kind: 'conflict',
    message: `the execution held units of "${pool}" when it ended, and others have them now`,
    hint: 'redrive it when they have been given back; GET /v1/pools tells who holds what',
  });
}
