import { afterEach, expect, test } from 'vitest';
import { commandsOf } from '#devices/command-store.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { eventsOf } from '#executions/read-history.ts';
import { unwindRef, WATCH_MS } from '#executions/unwind-run.ts';
import { lookAtUnwind, watchUnwinds } from '#executions/unwind-watch.ts';
import { type Behaviour, OBEDIENT, World, type WorldOptions } from '#support/world.ts';
import { executionKeys, workflowKeys } from '#table/keys.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

async function worldWith(options: WorldOptions = {}): Promise<void> {
  world = await World.create({ devices: [{ id: 'a' }, { id: 'b' }], ...options });
}

/** Undo commands are not answered. */
const MUTE_UNDO: Behaviour = (device, message) =>
  message.command === 'close' ? undefined : OBEDIENT(device, message);

const sent = (): string[] => world.sent.map(({ device, message }) => `${device} ${message.command}`);

const ONE = `
steps:
  - { id: one, command: open, device: a, compensate: { command: close, timeout: 30s } }
  - { id: two, fail: { error: Plant.Unsafe } }
`;

/** A workflow that has failed, and left what it did. */
const HALTED = `
steps:
  - id: each
    forEach: "{% ['a', 'b'] %}"
    as: device
    maxConcurrency: 1
    tolerate: { count: 0 }
    onExceeded: halt
    steps:
      - { id: go, command: open, device: "{% $device %}", compensate: { command: close } }
      - { id: broken, if: "{% $device = 'b' %}", fail: { error: Plant.Unsafe } }
`;

test('an unwind that was never started, though it is on record, is found and started', async () => {
  await worldWith();
  const { id } = await world.run(HALTED);
  const key = executionKeys.meta(id);
  await world.ports.table.update({ key, set: { status: 'ROLLING_BACK', unwindRun: 0 } });
  await watchUnwinds(world.ports, [id, id]);
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(sent().slice(2)).toEqual(['b close', 'a close']);
});

test('an unwind that stands still is begun again, and the one before has no say any more', async () => {
  await worldWith({ behave: MUTE_UNDO });
  const id = await world.start(ONE);
  await world.until(() => sent().includes('a close'));
  await world.ports.engine.pause(unwindRef(id, 0));
  world.behave = OBEDIENT;
  const began = world.clock.now();
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(world.clock.now() - began).toBeGreaterThan(WATCH_MS);
  expect(await world.ports.engine.describe(unwindRef(id, 0))).toMatchObject({
    status: 'ABORTED',
    error: 'Saga.Stalled',
  });
  expect(await world.ports.engine.describe(unwindRef(id, 1))).toMatchObject({ status: 'SUCCEEDED' });
});

test('one that waits for a device for longer than that is left alone', async () => {
  await worldWith({ behave: MUTE_UNDO });
  const id = await world.start(ONE.replace('30s', '2h'));
  await world.until(() => sent().includes('a close'));
  await world.clock.advance(6 * WATCH_MS);
  await world.quiet();
  expect(await world.ports.engine.describe(unwindRef(id, 0))).toMatchObject({ status: 'RUNNING' });
  await world.answer('a', { id: `${id}:one:0:undo:0`, status: 'SUCCEEDED' });
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(await world.ports.engine.describe(unwindRef(id, 1))).toBeUndefined();
});

test('one that fails again and again is told as incomplete, with what it did not come to, and can be gone on with', async () => {
  await worldWith();
  const { id, workflow, version } = await world.run(HALTED);
  const key = workflowKeys.version(workflow, version);
  const item = await world.ports.table.get(key);
  await rollbackExecution(world.ports, id, { by: 'ada' });
  // Without the workflow, nothing is known of the order.
  await world.ports.table.delete(key);
  await world.until(
    async () => (await world.ports.table.get(executionKeys.meta(id)))?.['status'] !== 'ROLLING_BACK',
  );
  if (item !== undefined) await world.ports.table.put(item);
  expect(await world.view(id)).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ reason: 'NOT_UNDONE', device: 'a' }],
  });
  expect(await world.ports.engine.describe(unwindRef(id, 3))).toMatchObject({ status: 'FAILED' });
  expect(await world.ports.engine.describe(unwindRef(id, 4))).toBeUndefined();
  await rollbackExecution(world.ports, id, { by: 'ada' });
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
});

test('one that somebody has aborted leaves the rollback incomplete', async () => {
  await worldWith({ behave: MUTE_UNDO });
  const id = await world.start(ONE);
  await world.until(() => sent().includes('a close'));
  await world.ports.engine.stop(unwindRef(id, 0), { error: 'Console', cause: 'enough' });
  expect(await world.settle(id)).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ path: 'one', reason: 'NOT_UNDONE', tries: 1 }],
  });
});

test('a command whose deadline was lost ends with the look, and the unwind goes on', async () => {
  await worldWith({ behave: MUTE_UNDO });
  const id = await world.start(ONE);
  await world.until(() => sent().includes('a close'));
  // The one deadline of a command is replaced by one that comes too late.
  await world.ports.deadlines.schedule(
    { kind: 'command', id: `${id}:one:0:undo:0` },
    Number.MAX_SAFE_INTEGER,
  );
  await world.clock.advance(31_000);
  world.behave = OBEDIENT;
  await lookAtUnwind(world.ports, id);
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
});

test('of an execution that is not rolled back there is nothing to look at', async () => {
  await worldWith();
  const { id } = await world.run('steps: [{ id: one, command: open, device: a }]');
  await lookAtUnwind(world.ports, id);
  await watchUnwinds(world.ports, [id, 'nobody']);
  expect(await world.view(id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('an unwind goes on in further machines before its history is full, and undoes each command once', async () => {
  const devices = ['d0', 'd1', 'd2'].map((id) => ({ id }));
  await worldWith({ devices, unwind: { events: 200 } });
  const view = await world.run(`
steps:
  - id: each
    forEach: "{% [0..39] %}"
    as: n
    steps: [{ id: go, command: open, device: "{% 'd' & $string($n % 3) %}", with: { n: "{% $n %}" }, compensate: { command: close, with: { n: "{% $n %}" } } }]
  - { id: last, fail: { error: Plant.Unsafe } }
`);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  const undone = world.sent
    .filter(({ message }) => message.command === 'close')
    .map(({ message }) => message.with['n']);
  expect(undone.toSorted((one, other) => Number(one) - Number(other))).toEqual(
    Array.from({ length: 40 }, (_, n) => n),
  );
  const events = await eventsOf(world.ports.engine, unwindRef(view.id, 0));
  expect(events.length).toBeLessThan(200);
  expect(events.at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
  expect(events.filter(({ details }) => details['name'] === 'go on')).not.toEqual([]);
  const undoes = (await commandsOf(world.ports.table, view.id)).filter(
    (command) => command.undoes !== undefined,
  );
  expect(undoes).toHaveLength(40);
});
