import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type Approval, ApprovalSchema, writeApproval } from './approval.ts';
import { deleteWait, waitsOf } from './event-wait.ts';

/** Takes away what an execution that has ended still waited for: nobody is to be asked for it any more. */
export async function cancelWaits(table: Table, execution: string): Promise<void> {
  for await (const wait of waitsOf(table, execution)) await deleteWait(table, wait);
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.approvalPrefix };
  for await (const item of queryAll(table, query)) {
    const approval = ApprovalSchema.parse(item);
    if (approval.status === 'OPEN') await cancel(table, approval);
  }
}

async function cancel(table: Table, approval: Approval): Promise<void> {
  await writeApproval(table, { ...approval, status: 'CANCELLED', revision: approval.revision + 1 });
}
