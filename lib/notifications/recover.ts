import { deliveryDeadline, pendingDeliveries } from './delivery.ts';
import type { OutboxPorts } from './outbox.ts';

/** After a restart: has every delivery tried that is to be, when it is due. One that was being tried is due a minute after that. */
export async function recoverDeliveries({
  table,
  deadlines,
}: Pick<OutboxPorts, 'table' | 'deadlines'>): Promise<void> {
  for await (const delivery of pendingDeliveries(table)) {
    await deadlines.schedule(deliveryDeadline(delivery), delivery.dueAt);
  }
}
