import { allDevices, registerDevice } from '#devices/registry.ts';
import type { ExecutionPorts } from '#executions/ports.ts';

/** How long devices have to come back to a broker that was started again, in ms. */
export const RETURN_MS = 30_000;

/**
 * Whoever was online when the process before ended is taken to be still, and comes back to this broker in a moment: its
 * commands are not to fail for our own restart. Who has not come back by then is offline.
 */
export async function markThoseThatStayAway(
  { table, clock }: ExecutionPorts,
  startedAt: number,
): Promise<void> {
  for await (const { id, status, lastSeenAt = 0 } of allDevices(table)) {
    if (status === 'online' && lastSeenAt < startedAt) {
      await registerDevice({ table, clock }, { id, status: 'offline' });
    }
  }
}
