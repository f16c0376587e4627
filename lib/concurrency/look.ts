import { findHold, type Hold, type Refusal } from './hold.ts';
import { findPlace, lineOf } from './line.ts';
import { advance, type LockPorts, refuse, tellRefusal } from './lock.ts';
import { recoverUnits } from './recover.ts';

/**
 * Looks at a task that stands in line: its time may be up, its turn may have come without a word, or what it waits for may be
 * held by executions that have ended.
 */
export async function lookAtLine(ports: LockPorts, id: string): Promise<void> {
  const hold = await findHold(ports.table, id);
  if (hold === undefined) return;
  const { isHeld, refusal, dueAt, taskToken } = hold;
  if (refusal !== undefined) await tellRefusal(ports, hold, refusal);
  else if (isHeld) await ports.engine.succeedTask(taskToken, {});
  else if (dueAt !== undefined && ports.clock.now() >= dueAt) await refuse(ports, hold, tooLate(hold));
  else {
    await recoverFor(ports, hold);
    await advance(ports, hold);
  }
}

function tooLate({ pools, since, dueAt = since }: Hold): Refusal {
  const names = Object.keys(pools).join(', ');
  return { error: 'Lock.Timeout', cause: `${names} could not be had within ${(dueAt - since) / 1_000} s` };
}

/** Who is the first in a line looks after the holders for all who stand behind. */
async function recoverFor(ports: LockPorts, { id, pools }: Hold): Promise<void> {
  for (const pool of Object.keys(pools)) {
    if ((await findPlace(ports.table, pool, id)) === undefined) continue;
    const [first] = await lineOf(ports.table, pool, 1);
    if (first?.holder === id) await recoverUnits(ports, pool);
  }
}
