import { expect, test } from 'vitest';
import type { CommandRequest } from '#compiler/task-payload.ts';
import { receiveAnswer } from '#devices/device-messages.ts';
import { dispatchCommand } from '#devices/dispatch.ts';
import { commandRequest, DeviceBench } from '#support/device-bench.ts';
import { meteredTable } from '#support/metered-table.ts';

/** What a command costs the table from its task to its answer: calls that write, items written, and DynamoDB's units. */
async function costOf(request: Partial<CommandRequest>) {
  using bench = new DeviceBench();
  await bench.device('pump', { reported: { firmware: '1.9.0' } });
  const { table, metered } = meteredTable(bench.ports.table);
  const calls = { writes: 0, items: 0 };
  const counted =
    <Args extends readonly unknown[], T>(write: (...args: Args) => T, itemsOf: (...args: Args) => number) =>
    (...args: Args): T => {
      calls.writes++;
      calls.items += itemsOf(...args);
      return write(...args);
    };
  const one = (): number => 1;
  const ports = {
    ...bench.ports,
    table: {
      ...table,
      put: counted(table.put, one),
      update: counted(table.update, one),
      delete: counted(table.delete, one),
      transact: counted(table.transact, (writes) => writes.length),
    },
  };
  const { id } = await dispatchCommand(ports, commandRequest(request));
  const reported = { firmware: '2.1.0' };
  await receiveAnswer(ports, 'pump', { id, status: 'SUCCEEDED', result: { done: true }, reported });
  return { ...calls, units: metered.writeUnits };
}

test('the journal of the saga costs no write: it is in the two that a command takes anyway', async () => {
  const compensate = {
    command: 'firmware.install',
    with: { release: null },
    deferred: { '/release': '$target.reported.firmware' },
    timeoutSeconds: 60,
  };
  const verify = {
    command: 'health.check',
    with: {},
    deferred: {},
    expect: '$result.firmware = $with.release',
    timeoutSeconds: 30,
  };
  const plain = await costOf({});
  expect(plain).toMatchObject({ writes: 2 });
  expect(await costOf({ compensate, verify })).toEqual(plain);
});
