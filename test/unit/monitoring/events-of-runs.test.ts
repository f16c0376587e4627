import { afterEach, beforeEach, expect, test } from 'vitest';
import { pauseExecution, resumeExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { type MonitoringEvent, schemaOfKind } from '#monitoring/events/event.ts';
import { World } from '#support/world.ts';

let world: World;
let following: { close(): void };
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'd1' }, { id: 'd2' }] });
  following = world.monitoring.follow(world.ports);
});
afterEach(() => {
  following.close();
  world[Symbol.dispose]();
});

/** All events so far, each held against the schema of its kind. */
async function events(...kinds: readonly string[]): Promise<readonly MonitoringEvent[]> {
  await world.quiet();
  const { entries, gap } = await world.monitoring.log.read({ after: '0', filter: {}, limit: 1_000 });
  expect(gap).toBe(false);
  for (const { event } of entries)
    expect(schemaOfKind(event.kind).safeParse(event).error?.issues, event.id).toBeUndefined();
  const ids = entries.map(({ event }) => event.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(world.defects).toEqual([]);
  return entries
    .map(({ event }) => event)
    .filter(({ kind }) => kinds.length === 0 || kinds.some((prefix) => kind.startsWith(prefix)));
}

const kindsOf = (told: readonly MonitoringEvent[]): readonly string[] => told.map(({ kind }) => kind);

test('a run with a command is told from its start to its steps, each with its workflow', async () => {
  const { id } = await world.run(`
steps:
  - { id: go, command: go, device: d1, with: { speed: 3 } }
`);
  const told = await events('execution', 'command', 'step', 'device.reported');
  expect(kindsOf(told)).toEqual([
    ...['execution.started', 'command.sent', 'command.succeeded', 'device.reported'],
    ...['execution.succeeded', 'execution.measured', 'step.succeeded'],
  ]);
  expect(told[1]).toEqual({
    v: 1,
    id: `command.sent/${id}:go:0`,
    at: '2026-01-01T00:00:00.000Z',
    kind: 'command.sent',
    ...{ execution: id, workflow: 'tested', version: '1.0.0', path: 'go', device: 'd1' },
    command: `${id}:go:0`,
    data: { name: 'go', status: 'SENT', attempt: 0, waitedMs: 0 },
  });
  expect(told[3]?.data).toEqual({ changed: ['speed'] });
  expect(told.at(-1)).toMatchObject({ path: 'go', device: 'd1', data: { status: 'SUCCEEDED', attempts: 1 } });
});

test('arguments, inputs and results are not told: they may be secret', async () => {
  await world.run('steps: [{ id: go, command: go, device: d1, with: { pin: "4711" } }]', { card: 'hush' });
  expect(JSON.stringify(await events())).not.toMatch(/4711|hush|done/);
});

test('a failure that is undone is told, with why and what was undone', async () => {
  world.behave = (_device, { command }) =>
    command === 'break'
      ? { status: 'FAILED', error: 'Device.Failed', cause: 'c'.repeat(900) }
      : { status: 'SUCCEEDED' };
  await world.run(`
steps:
  - { id: a, command: set, device: d1, compensate: { command: unset } }
  - { id: b, command: break, device: d2 }
`);
  const told = await events('execution', 'command.undone', 'command.failed', 'step');
  expect(kindsOf(told)).toEqual([
    ...['execution.started', 'command.failed', 'execution.rolling-back', 'command.undone'],
    ...['execution.rolled-back', 'execution.measured', 'step.compensated', 'step.failed'],
  ]);
  expect(told[1]?.data).toMatchObject({ error: 'Device.Failed', cause: 'c'.repeat(500) });
  expect(told[2]?.data).toMatchObject({ status: 'ROLLING_BACK', error: 'Device.Failed' });
});

test('what waits is told when it begins and when it ends', async () => {
  await world.ports.table.put({
    ...{ pk: 'POOL#line', sk: 'META', name: 'line', limit: 1, used: 0, tickets: 0, revision: 0 },
  });
  const id = await world.start(`
steps:
  - id: held
    lock:
      pools: { line: 1 }
      steps: [{ id: hear, wait: { event: { name: go } }, timeout: 1h, catch: continue }]
  - { id: ask, approve: { group: ops, timeout: 1h } }
`);
  await world.settle(id);
  const told = await events('lease', 'step.wait', 'approval', 'pool');
  expect(kindsOf(told)).toEqual([
    ...['pool.limited', 'lease.requested', 'lease.granted', 'step.waiting', 'step.waited', 'lease.released'],
    ...['approval.asked', 'approval.expired'],
  ]);
  expect(told.find(({ kind }) => kind === 'lease.released')?.data).toMatchObject({
    pools: { line: 1 },
    heldMs: 3_600_000,
  });
});

test('pausing, resuming and redriving are told, and steps that are done are told of once', async () => {
  let works = false;
  world.behave = () => (works ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'Device.Failed' });
  const id = await world.start('steps: [{ id: s, set: { x: 1 } }, { id: a, command: set, device: d1 }]');
  await pauseExecution(world.ports, id, { by: 'ann' });
  await world.clock.advance(5);
  await resumeExecution(world.ports, id, { by: 'ann' });
  await world.settle(id);
  works = true;
  await redriveExecution(world.ports, id, { by: 'ann' });
  await world.settle(id);
  const told = await events('execution', 'operator', 'step');
  expect(kindsOf(told)).toEqual([
    ...['execution.started', 'operator.acted', 'execution.paused', 'operator.acted', 'execution.resumed'],
    ...['execution.failed', 'execution.measured', 'step.succeeded', 'step.failed'],
    ...[
      'operator.acted',
      'execution.redriven',
      'execution.succeeded',
      'execution.measured',
      'step.succeeded',
    ],
  ]);
  expect(told[4]?.data).toEqual({ pausedMs: 5 });
  expect(told.at(-1)).toMatchObject({ path: 'a', data: { status: 'SUCCEEDED' } });
});

test('the coming and going of devices is told, and what opens their breakers', async () => {
  world.behave = () => ({ status: 'FAILED', error: 'Device.Failed' });
  await world.presence('d1', 'offline');
  await world.presence('d1', 'online');
  const steps = Array.from(
    { length: 6 },
    (_, at) => `{ id: s${at}, command: go, device: d2, catch: continue }`,
  );
  await world.run(`steps: [${steps.join(', ')}]`);
  const told = await events('device.');
  expect(kindsOf(told)).toEqual([
    ...['device.registered', 'device.online', 'device.registered', 'device.online'],
    ...['device.offline', 'device.online', 'device.breaker-opened'],
  ]);
  expect(told.at(-1)).toMatchObject({ device: 'd2', data: { ability: '*' } });
});
