import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rebuildDay } from '#analytics/rollups/rebuild.ts';
import { askForRebuild, findRebuild } from '#analytics/rollups/rebuild-store.ts';
import { type RollupPorts, rollupWork } from '#analytics/rollups/rollup-work.ts';
import { StepwrightError } from '#core/error.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { cursorOf } from '#monitoring/feed/event-log.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { figuresKept } from '#support/rollup-feed.ts';
import { World } from '#support/world.ts';
import type { Table } from '#table/table.ts';

const DAY_MS = 86_400_000;
const FAMILIES = ['executions', 'steps', 'commands'] as const;

let world: World;
let following: { close(): void };
beforeEach(async () => {
  world = await World.create({
    devices: [
      { id: 'd1', type: 'pump', zone: 'hall' },
      { id: 'd2', type: 'valve' },
    ],
    behave: (device, { command }) =>
      command === 'break'
        ? { status: 'FAILED', error: 'Device.Failed' }
        : command === 'hush'
          ? undefined
          : { status: 'SUCCEEDED', result: { device } },
  });
  following = world.monitoring.follow(world.ports);
});
afterEach(() => {
  following.close();
  world[Symbol.dispose]();
});

/** Executions that end in every way. */
async function live(): Promise<void> {
  await world.run('steps: [{ id: a, command: go, device: d1 }, { id: b, set: { x: 1 } }]');
  await world.clock.advance(3_600_000);
  await world.run(`
steps:
  - { id: a, command: go, device: d1, compensate: { command: back } }
  - { id: b, command: break, device: d2, retry: { attempts: 2, delay: 40m } }
`);
  await world.run('steps: [{ id: h, command: hush, device: d1, timeout: 2h, catch: continue }]');
  await world.run(`
steps:
  - id: each
    forEach: "{% ['d1', 'd2'] %}"
    as: device
    steps: [{ id: go, command: go, device: "{% $device %}" }]
  - { id: no, if: "{% false %}", set: { x: 1 } }
  - { id: any, command: go, on: { strategy: round-robin } }
`);
  await world.clock.advance(20 * 3_600_000);
  await world.run('timeout: 1h\nsteps: [{ id: p, wait: { for: 3h } }]');
  await world.quiet();
}

/** Rollups in a table of their own, made of the records and events of the world. */
function portsOver(rollups: MemoryTable): RollupPorts {
  const isOwn = (pk: string): boolean => /^(ROLLUP|ROLLUPS|ROLLED-UP)(#|$)/.test(pk);
  const records = world.ports.table;
  const table: Table = {
    get: (key) => (isOwn(key.pk) ? rollups : records).get(key),
    put: (item, condition) => (isOwn(item.pk) ? rollups : records).put(item, condition),
    update: (update) => (isOwn(update.key.pk) ? rollups : records).update(update),
    delete: (key, condition) => (isOwn(key.pk) ? rollups : records).delete(key, condition),
    transact: (writes) => records.transact(writes),
    putAll: (items) => records.putAll(items),
    query: (query) => (isOwn(query.partition) ? rollups : records).query(query),
  };
  const { engine, clock } = world.ports;
  return { feed: world.monitoring.log, table, engine, clock, beginning: () => cursorOf(0) };
}

async function workAll(ports: RollupPorts, most = 1_000): Promise<void> {
  while ((await rollupWork(ports, most)).more);
}

test('what is made anew of records and histories is what was counted as it happened', async () => {
  await live();
  const counted = new MemoryTable();
  await workAll(portsOver(counted));
  const figures = await figuresKept(counted, FAMILIES);
  expect(Object.keys(figures).length).toBeGreaterThan(40);
  const rebuilt = new MemoryTable();
  await askForRebuild(
    portsOver(rebuilt).table,
    { from: world.clock.now() - 2 * DAY_MS, to: world.clock.now() },
    world.clock.now(),
  );
  while (((await findRebuild(rebuilt))?.next ?? 0) < ((await findRebuild(rebuilt))?.to ?? 0))
    await rollupWork(portsOver(rebuilt), 1_000);
  expect(await figuresKept(rebuilt, FAMILIES)).toEqual(figures);
  // What the feed tells of it later changes nothing.
  await workAll(portsOver(rebuilt));
  expect(await figuresKept(rebuilt, FAMILIES)).toEqual(figures);
  expect(await figuresKept(rebuilt)).toEqual(await figuresKept(counted));
});

test('wherever a rebuild begins, and is broken off, the figures come to the same', async () => {
  await live();
  const counted = new MemoryTable();
  await workAll(portsOver(counted));
  const figures = await figuresKept(counted);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 60 }), fc.nat({ max: 400 }), async (before, writes) => {
      const table = new MemoryTable();
      const ports = portsOver(table);
      await rollupWork(ports, before);
      await askForRebuild(ports.table, { from: 0, to: world.clock.now() }, world.clock.now());
      let left = writes;
      const failing: Table = {
        ...ports.table,
        put: async (item, condition) => {
          if (left-- <= 0) throw new Error('the process dies here');
          await ports.table.put(item, condition);
        },
      };
      for (let more = true; more; )
        more = await rollupWork({ ...ports, table: failing }, 50).then(
          (rolled) => rolled.more,
          () => false,
        );
      await askForRebuild(
        ports.table,
        { from: world.clock.now() - 2 * DAY_MS, to: world.clock.now() },
        world.clock.now(),
      );
      await workAll(ports);
      expect(await figuresKept(table)).toEqual(figures);
    }),
    { numRuns: 8 },
  );
});

test('a day that is never done is given up after three tries, and stays as it was counted', async () => {
  await live();
  const table = new MemoryTable();
  const ports = portsOver(table);
  await workAll(ports);
  const figures = await figuresKept(table);
  const now = world.clock.now();
  await askForRebuild(ports.table, { from: now - 2 * DAY_MS, to: now }, now);
  const breaking: Table = {
    ...ports.table,
    put: async (item, condition) => {
      if (item.pk.startsWith('ROLLUP#')) throw new Error('the time of the call is up');
      await ports.table.put(item, condition);
    },
  };
  let failed = 0;
  for (let more = true; more; )
    more = await rollupWork({ ...ports, table: breaking }, 50).then(
      (rolled) => rolled.more,
      () => ++failed > 0,
    );
  const rebuild = await findRebuild(table);
  const givenUp = rebuild?.givenUp ?? [];
  expect(givenUp.length).toBeGreaterThan(0);
  expect(failed).toBe(3 * givenUp.length);
  expect(rebuild).toMatchObject({ next: rebuild?.to, tries: 0 });
  expect(await figuresKept(table)).toEqual(figures);
});

test('a rebuild that is asked for takes the place of the one that is under way', async () => {
  await live();
  const table = new MemoryTable();
  const ports = portsOver(table);
  const now = world.clock.now();
  const period = { from: now - 2 * DAY_MS, to: now };
  const first = await askForRebuild(ports.table, period, now);
  const asking: Table = {
    ...ports.table,
    put: async (item, condition) => {
      await ports.table.put(item, condition);
      if (item.pk.startsWith('ROLLUP#')) await askForRebuild(ports.table, period, now + 1);
    },
  };
  while ((await findRebuild(table))?.askedAt === now) await rollupWork({ ...ports, table: asking }, 50);
  const second = { ...first, askedAt: now + 1 };
  expect(await findRebuild(table)).toEqual(second);
  const before = await figuresKept(table);
  await rebuildDay({ ...ports, now: () => now }, { ...first, next: now - DAY_MS }, '');
  expect([await findRebuild(table), await figuresKept(table)]).toEqual([second, before]);
});

test('what was redriven counts in a rebuild by how it has ended', async () => {
  let works = false;
  world.behave = () => (works ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'Device.Failed' });
  const { id } = await world.run('steps: [{ id: a, command: go, device: d1 }]');
  works = true;
  await redriveExecution(world.ports, id, { by: 'ann' });
  await world.settle(id);
  await world.quiet();
  const countOf = async (table: MemoryTable): Promise<unknown> => {
    const figures = await figuresKept(table, ['executions']);
    return Object.entries(figures).find(([key]) => key.startsWith('ROLLUP#day#executions#all'))?.[1];
  };
  const counted = new MemoryTable();
  await workAll(portsOver(counted));
  expect(await countOf(counted)).toMatchObject({ '*': { counts: { started: 1, failed: 1, succeeded: 1 } } });
  const rebuilt = new MemoryTable();
  await askForRebuild(
    portsOver(rebuilt).table,
    { from: 0, to: world.clock.now() + 1 },
    world.clock.now() + 1,
  );
  await rollupWork(portsOver(rebuilt), 1);
  while (((await findRebuild(rebuilt))?.next ?? 0) <= world.clock.now())
    await rollupWork(portsOver(rebuilt), 1);
  expect(await countOf(rebuilt)).toMatchObject({ '*': { counts: { started: 1, succeeded: 1 } } });
});

test('what retention has deleted is not counted anew: it would be lost', async () => {
  await world.ports.table.put({ pk: 'RETENTION', sk: 'KIND#executions', day: '2025-12-31' });
  const now = world.clock.now();
  const asked = askForRebuild(world.ports.table, { from: now - 5 * DAY_MS, to: now }, now);
  await expect(asked).rejects.toMatchObject({ code: 'SW4241' });
  await expect(askForRebuild(world.ports.table, { from: now - DAY_MS, to: now }, now)).resolves.toMatchObject(
    {
      from: Date.UTC(2025, 11, 31),
      to: Date.UTC(2026, 0, 1),
    },
  );
});

test('a rebuild of one day leaves the others, and takes what began the day before', async () => {
  await world.run('steps: [{ id: early, command: go, device: d1 }]');
  await world.clock.advance(DAY_MS - 3_600_000);
  await world.run('steps: [{ id: a, command: go, device: d1 }, { id: over, wait: { for: 3h } }]');
  await world.quiet();
  const counted = new MemoryTable();
  await workAll(portsOver(counted));
  const figures = await figuresKept(counted, FAMILIES);
  const now = world.clock.now() + DAY_MS;
  const rebuild = async (): Promise<void> => {
    await askForRebuild(portsOver(counted).table, { from: now - DAY_MS, to: now }, now);
    while (((await findRebuild(counted))?.next ?? 0) < ((await findRebuild(counted))?.to ?? 0))
      await rollupWork(portsOver(counted), 1_000);
  };
  await rebuild();
  expect(await figuresKept(counted, FAMILIES)).toEqual(figures);
});

test('an execution that retention deletes meanwhile is not counted anew, and a table that fails ends the rebuild', async () => {
  await world.run('steps: [{ id: a, command: go, device: d1 }]');
  await world.quiet();
  const now = world.clock.now() + 1;
  const rebuilt = async (fault: Error): Promise<unknown> => {
    const table = new MemoryTable();
    const ports = portsOver(table);
    await askForRebuild(ports.table, { from: 0, to: now }, now);
    const get: Table['get'] = (key) =>
      key.sk === 'META' && !key.pk.startsWith('ROLL') ? Promise.reject(fault) : ports.table.get(key);
    await rollupWork({ ...ports, table: { ...ports.table, get } }, 1);
    while (((await findRebuild(table))?.next ?? 0) <= now)
      await rollupWork({ ...ports, table: { ...ports.table, get } }, 1);
    return Object.keys(await figuresKept(table, FAMILIES)).length;
  };
  const deleted = new StepwrightError({ code: 'SW4044', kind: 'not-found', message: 'it is gone' });
  expect(await rebuilt(deleted)).toBe(0);
  await expect(rebuilt(new Error('the disk is full'))).rejects.toThrow('the disk is full');
});
