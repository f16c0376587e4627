import { abilitiesWrite, afterOutcome, openWrite, readHealth } from '#routing/health.ts';
import type { Table, Write } from '#table/table.ts';
import type { Command } from './command.ts';

/** Counts a command as one that its device has open, in the transaction that puts it on record. */
export function countOpen({ device }: Pick<Command, 'device'>): Write {
  return openWrite(device, 1);
}

/**
 * Counts a command no more, and keeps what came of it, in the transaction that ends it. Its condition fails where something
 * else of the device has ended meanwhile: read again, then.
 */
export async function countEnded(table: Pick<Table, 'get'>, ended: Command): Promise<Write[]> {
  if (ended.isCounted !== true) return [];
  const before = await readHealth(table, ended.device);
  const after = afterOutcome(before, {
    command: ended.id,
    ability: ended.route?.ability ?? '*',
    result: resultOf(ended),
    latencyMs: latencyOf(ended),
    now: ended.endedAt ?? 0,
  });
  if (after === before) return [openWrite(ended.device, -1)];
  return [abilitiesWrite(ended.device, { before, after, open: -1 })];
}

/** Whether it tells anything of the device: not what was never sent, refused for what it asks, or given up before its time. */
function resultOf({
  status,
  error,
  sentAt,
  endedAt = 0,
  timeoutMs,
}: Command): 'success' | 'failure' | 'none' {
  if (status === 'SUCCEEDED') return 'success';
  if (status === 'FAILED') return error === 'Device.Rejected' ? 'none' : 'failure';
  const hadItsTime = sentAt !== undefined && endedAt >= sentAt + timeoutMs;
  return status === 'TIMED_OUT' && hadItsTime ? 'failure' : 'none';
}

/** How long the answer took, in ms; for one that did not come, how long it was waited for. */
function latencyOf(command: Command): number | undefined {
  const { sentAt, endedAt } = command;
  if (sentAt === undefined || endedAt === undefined || resultOf(command) === 'none') return undefined;
  return Math.max(0, endedAt - sentAt);
}
