import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RouteSchema } from '#compiler/route-payload.ts';
import { seededRandom } from '#core/random.ts';
import { type Command, OPEN } from '#devices/command.ts';
import { commandsOf } from '#devices/command-store.ts';
import { receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import { dispatchCommand, giveUpCommand } from '#devices/dispatch.ts';
import { cancelQueuedCommands, expireCommand, recoverOpenCommands } from '#devices/expire.ts';
import { readHealth } from '#routing/health.ts';
import { commandRequest, DeviceBench } from '#support/device-bench.ts';
import type { Table } from '#table/table.ts';

const DEVICES = ['pump', 'valve', 'lamp'];

/** The process goes down: just before, or just after something was written. */
class Crash extends Error {
  override readonly name = 'Crash';
}

/** A table whose writer goes down at random. */
function crashing(table: Table, random: () => number): Table {
  return {
    get: (key) => table.get(key),
    query: (query) => table.query(query),
    putAll: (items) => table.putAll(items),
    put: (item, condition) => table.put(item, condition),
    update: (update) => table.update(update),
    delete: (key, condition) => table.delete(key, condition),
    transact: async (writes) => {
      if (random() < 0.1) throw new Crash();
      await table.transact(writes);
      if (random() < 0.1) throw new Crash();
    },
  };
}

async function expectCounted(bench: DeviceBench): Promise<void> {
  const open = (await commandsOf(bench.ports.table, 'run')).filter(({ status }) => OPEN.includes(status));
  for (const device of DEVICES) {
    const { open: counted } = await readHealth(bench.ports.table, device);
    expect(counted, device).toBe(open.filter((command) => command.device === device).length);
  }
}

test('what devices have open is counted truly through failures, timeouts, cancels, redeliveries and crashes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      using bench = new DeviceBench();
      const random = seededRandom(seed);
      for (const id of DEVICES) await bench.device(id, { capabilities: { ota: '2.0.0' } });
      const world = { ...bench.ports, random, table: crashing(bench.ports.table, random) };
      const steps = 3 + Math.floor(random() * 40);
      for (let step = 0; step < steps; step++) {
        await happen(bench, world, random).catch((error: unknown) => {
          if (error instanceof Crash || (error instanceof Error && error.name.startsWith('Device.'))) return;
          throw error;
        });
        await expectCounted(bench);
      }
      await bench.clock.advance(24 * 3_600_000);
      await recoverOpenCommands(bench.ports);
      for (let rounds = 0; rounds < 30; rounds++) {
        for (const { id } of await commandsOf(bench.ports.table, 'run')) await expireCommand(bench.ports, id);
        await bench.clock.advance(3_600_000);
      }
      await expectCounted(bench);
      for (const device of DEVICES) expect((await readHealth(bench.ports.table, device)).open).toBe(0);
    }),
    { numRuns: 60 },
  );
});

async function happen(
  bench: DeviceBench,
  ports: DeviceBench['ports'],
  random: () => number,
): Promise<unknown> {
  const commands: readonly Command[] = await commandsOf(bench.ports.table, 'run');
  const one = commands[Math.floor(random() * commands.length)];
  const device = DEVICES[Math.floor(random() * DEVICES.length)] ?? '';
  const route = RouteSchema.parse({ alternatives: [{ requires: { ota: '*' } }] });
  const request = commandRequest({
    path: `s${Math.floor(random() * 12)}`,
    attempt: Math.floor(random() * 2),
    expiresSeconds: 100,
    ...(random() < 0.7 ? { on: route } : {}),
  });
  switch (Math.floor(random() * 8)) {
    case 0:
    case 1:
    case 2:
      return dispatchCommand(ports, request);
    case 3:
      return one && receiveAnswer(ports, one.device, { id: one.id, status: 'SUCCEEDED' });
    case 4:
      return one && receiveAnswer(ports, one.device, { id: one.id, status: 'FAILED' });
    case 5:
      return random() < 0.5
        ? cancelQueuedCommands(ports, { execution: 'run', scope: '' })
        : one && giveUpCommand(ports, one, 'stopped');
    case 6:
      await bench.clock.advance(Math.floor(random() * 60_000));
      return one && expireCommand(ports, one.id);
    default:
      return receivePresence(ports, device, { status: random() < 0.5 ? 'online' : 'offline' });
  }
}
