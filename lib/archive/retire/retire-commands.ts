import { type Command, fromCommandItem, OPEN } from '#devices/command.ts';
import { commandKey } from '#table/keys.ts';
import { byHandKeys } from '#table/log-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { commandLine } from '../write/execution-lines.ts';
import type { Retired, RetireOptions, RetirePorts } from './ports.ts';
import { retireByDay } from './retire-by-day.ts';

/** Archives and deletes the commands by hand whose time is over; one that is open is not. */
export function retireCommands(ports: RetirePorts, { times, pace }: RetireOptions): Promise<Retired> {
  const before = ports.clock.now() - times.commands;
  return retireByDay(ports, pace, {
    kind: 'commands',
    before,
    query: (day) => ({ index: 'gsi1', partition: byHandKeys.partition(day) }),
    read: fromCommandItem,
    isDue: ({ status, endedAt = 0 }) => !OPEN.includes(status) && endedAt < before,
    toLine: async (command) => commandLine(command),
    drop: (command) => dropCommand(ports.table, command),
  });
}

async function dropCommand(table: Table, { id, status }: Command): Promise<boolean> {
  try {
    await table.delete(commandKey(id), { attribute: 'status', equals: status });
    return true;
  } catch (error) {
    // What it did was found out meanwhile.
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
