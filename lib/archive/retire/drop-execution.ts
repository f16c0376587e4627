import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import type { Execution } from '#executions/execution.ts';
import { executionKeys } from '#table/keys.ts';
import {
  type Condition,
  ConditionFailed,
  type Item,
  queryAll,
  type Table,
  type Write,
} from '#table/table.ts';
import { isLoggedDecision } from '../write/execution-lines.ts';

/** DynamoDB takes 100 writes in a transaction. */
const AT_ONCE = 50;

/**
 * Deletes what is on record of an execution, its record last, as long as that stands as it was read. Decisions of the log stay for the rest
 * of their own time. Gives whether it is gone: one that somebody rolls back meanwhile is not.
 */
export async function dropExecution(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  execution: Execution,
  decisionsMs: number,
): Promise<boolean> {
  const { id } = execution;
  const meta = executionKeys.meta(id);
  const condition = asRead(execution);
  const writeOf = (item: Item): Write[] => writeFor(item, decisionsMs, clock.now());
  try {
    let some: Write[] = [];
    for await (const item of queryAll(table, { partition: executionKeys.partition(id) })) {
      if (item.sk !== meta.sk) some.push(...writeOf(item));
      if (some.length < AT_ONCE) continue;
      await table.transact([...some, { check: meta, condition }]);
      some = [];
    }
    await table.transact([...some, { delete: meta, condition }]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function asRead({ status, endedAt = 0 }: Execution): Condition {
  return {
    all: [
      { attribute: 'status', equals: status },
      { attribute: 'endedAt', equals: endedAt },
    ],
  };
}

/** A decision that stays expires when its own time is over. */
function writeFor(item: Item, decisionsMs: number, now: number): Write[] {
  const { pk, sk, expiresAt } = item;
  if (!isLoggedDecision(item)) return [{ delete: { pk, sk } }];
  const expires = Math.ceil((LoggedSchema.parse(item['logged']).at + decisionsMs) / 1_000);
  if (expires * 1_000 <= now) return [{ delete: { pk, sk } }];
  return expires === expiresAt ? [] : [{ update: { key: { pk, sk }, set: { expiresAt: expires } } }];
}

/** A decision without its time cannot be kept for so long from then: it goes with its execution, which the archive has. */
const LoggedSchema = z.object({ at: z.number() }).catch({ at: 0 });
