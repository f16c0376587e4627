import type { SignalPorts } from '#signals/ports.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { look, pausesOf } from './pause.ts';

/**
 * Holds an execution where its rollouts wait: what is due stays where it is until it is released. For engines that cannot pause
 * an execution themselves.
 */
export async function holdRollouts({ table }: { readonly table: Table }, execution: string): Promise<void> {
  await table.put({ ...executionKeys.rolloutHold(execution) });
}

/** Lets go on what is due in an execution that is held. Without effect on one that is not. */
export async function releaseRollouts(
  ports: Pick<SignalPorts, 'table' | 'engine' | 'deadlines' | 'clock'>,
  execution: string,
): Promise<void> {
  await ports.table.delete(executionKeys.rolloutHold(execution));
  for await (const pause of pausesOf(ports.table, execution)) await look(ports, pause);
}
