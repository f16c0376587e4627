import { expect, test } from 'vitest';
import { CallHttpRequestSchema } from '#compiler/call-payload.ts';
import { COMMAND_USAGE, selectionUsage, UNDOABLE_HTTP_USAGE } from '#compiler/forecast/handler-usage.ts';
import type { Command } from '#devices/command.ts';
import { receiveAnswer } from '#devices/device-messages.ts';
import { dispatchCommand } from '#devices/dispatch.ts';
import { expireCommand } from '#devices/expire.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { selectDevices } from '#devices/select.ts';
import { beginHttp, doneHttp } from '#executions/http-call.ts';
import { commandRequest, DeviceBench } from '#support/device-bench.ts';
import { meteredTable } from '#support/metered-table.ts';

/** As long as those of AWS. */
const TASK_TOKEN = 'T'.repeat(900);

/** A device such as those of the example fleets. */
const DEVICE = {
  type: 'pump',
  zone: 'berlin/hall-2',
  capabilities: { ota: '2.1.0', health: '1.0.0' },
  tags: { site: 'berlin' },
  reported: { firmware: '1.9.0', battery: 80 },
};

const COMPENSATE = {
  command: 'firmware.install',
  with: {},
  deferred: { '/release': '$target.reported.firmware' },
  timeoutSeconds: 30,
};

async function carryOut(ports: DevicePorts): Promise<Command> {
  const request = commandRequest({ taskToken: TASK_TOKEN, compensate: COMPENSATE });
  const command = await dispatchCommand(ports, request);
  const { id } = command;
  await receiveAnswer(ports, 'pump', { id, status: 'RUNNING' });
  const reported = { firmware: '2.1.0' };
  await receiveAnswer(ports, 'pump', { id, status: 'SUCCEEDED', result: { installed: '2.1.0' }, reported });
  await expireCommand(ports, id);
  return command;
}

test('a command takes as many request units as the forecast says', async () => {
  using bench = new DeviceBench();
  await bench.device('pump', DEVICE);
  const { table, metered } = meteredTable(bench.ports.table);

  await carryOut({ ...bench.ports, table });

  expect(metered).toEqual({ readUnits: COMMAND_USAGE.readUnits, writeUnits: COMMAND_USAGE.writeUnits });
  expect(bench.messages).toHaveLength(1);
  expect(bench.deadlines.size).toBe(1);
});

test.each([1, 8, 100])('to select among %i devices takes no more than the forecast says', async (count) => {
  using bench = new DeviceBench();
  for (let n = 0; n < count; n++) await bench.device(`pump-${n}`, DEVICE);
  const { table, metered } = meteredTable(bench.ports.table);

  await selectDevices(table, { bindings: {}, requires: { ota: '>=2' } });

  const { readUnits = 0 } = selectionUsage(count);
  expect(metered.writeUnits).toBe(0);
  expect(metered.readUnits).toBeLessThanOrEqual(readUnits);
  expect(metered.readUnits).toBeGreaterThan(readUnits / 2);
});

test('a call over HTTP that can be undone writes as many request units as the forecast says', async () => {
  using bench = new DeviceBench();
  const { table, metered } = meteredTable(bench.ports.table);
  const ports = { table, clock: bench.ports.clock };
  const request = CallHttpRequestSchema.parse({
    ...{ taskToken: TASK_TOKEN, execution: 'e', path: 'book', attempt: 0, timeoutSeconds: 5 },
    ...{ method: 'POST', url: 'https://booking.example.com/slots' },
    compensate: {
      call: { method: 'DELETE', url: null },
      deferred: { '/url': "'https://booking.example.com/slots/' & $result.body.id" },
      timeoutSeconds: 5,
    },
  });
  await beginHttp(ports, request);
  await doneHttp(ports, request, { status: 201, headers: {}, body: { id: 'x' } });
  expect(metered.writeUnits).toBe(UNDOABLE_HTTP_USAGE.writeUnits);
});
