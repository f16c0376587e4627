import { afterEach, expect, test } from 'vitest';
import { OBEDIENT, World, type WorldOptions } from '#support/world.ts';

let world: World | undefined;
afterEach(() => {
  expect(world?.defects ?? []).toEqual([]);
  world?.[Symbol.dispose]();
  world = undefined;
});

async function create(options: WorldOptions = {}): Promise<World> {
  world = await World.create({ devices: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], ...options });
  return world;
}

/** Every command succeeds but those of this name. */
function failing(...names: string[]): NonNullable<WorldOptions['behave']> {
  return (device, message) =>
    names.includes(message.command)
      ? { status: 'FAILED', error: 'Device.Rejected', cause: 'no' }
      : OBEDIENT(device, message);
}

const statuses = ({
  steps,
}: {
  steps: readonly { path: string; status: string }[];
}): Record<string, string> => Object.fromEntries(steps.map(({ path, status }) => [path, status]));

const sentNames = ({ sent }: World): string[] =>
  sent.map(({ device, message }) => `${device} ${message.command} ${JSON.stringify(message.with)}`);

test('a workflow whose commands succeed has succeeded, with its output', async () => {
  const view = await (await create()).run(`
steps:
  - { id: one, command: set.mode, device: a, with: { mode: 1 } }
output: "{% $one %}"
`);
  expect(view).toMatchObject({
    status: 'SUCCEEDED',
    output: { done: true },
    progress: { done: 1, total: 1 },
  });
  expect(view.steps).toMatchObject([{ path: 'one', status: 'SUCCEEDED', attempts: 1, device: 'a' }]);
});

test('a failure undoes what was completed, the last first, with arguments from before', async () => {
  const here = await create({
    devices: [
      { id: 'a', reported: { mode: 'old-a' } },
      { id: 'b', reported: { mode: 'old-b' } },
    ],
    behave: failing('break'),
  });
  const undo = 'compensate: { command: set.mode, with: { mode: "{% $target.reported.mode %}" } }';
  const view = await here.run(`
steps:
  - { id: one, command: set.mode, device: a, with: { mode: new }, ${undo} }
  - { id: two, command: set.mode, device: b, with: { mode: new }, ${undo} }
  - { id: three, command: break, device: a }
`);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Device.Rejected' });
  expect(statuses(view)).toEqual({ one: 'COMPENSATED', two: 'COMPENSATED', three: 'FAILED' });
  expect(sentNames(here).slice(3)).toEqual(['b set.mode {"mode":"old-b"}', 'a set.mode {"mode":"old-a"}']);
});

test('a failure with nothing to undo has failed', async () => {
  const view = await (await create({ behave: failing('break') })).run(`
steps:
  - { id: one, command: set.mode, device: a }
  - { id: two, command: break, device: a }
  - { id: three, command: set.mode, device: a }
`);
  expect(view.status).toBe('FAILED');
  expect(statuses(view)).toEqual({ one: 'SUCCEEDED', two: 'FAILED', three: 'SKIPPED' });
});

test('an undo that fails for good is told, and the others are done', async () => {
  const here = await create({ behave: failing('break', 'unset') });
  const view = await here.run(`
steps:
  - { id: one, command: set.mode, device: a, compensate: { command: set.mode, with: { mode: off } } }
  - { id: two, command: set.mode, device: b, compensate: { command: unset } }
  - { id: three, command: break, device: c }
`);
  expect(view.status).toBe('ROLLBACK_INCOMPLETE');
  expect(statuses(view)).toEqual({ one: 'COMPENSATED', two: 'COMPENSATION_FAILED', three: 'FAILED' });
  expect(sentNames(here).filter((name) => name.includes('unset'))).toHaveLength(4);
});

test('a command whose outcome is unknown is not undone, and makes the rollback incomplete', async () => {
  const here = await create({
    behave: (device, message) => (message.command === 'mute' ? undefined : OBEDIENT(device, message)),
  });
  const view = await here.run(`
steps:
  - { id: one, command: mute, device: a, timeout: 5s, compensate: { command: set.mode } }
`);
  expect(view).toMatchObject({ status: 'ROLLBACK_INCOMPLETE', error: 'Device.Timeout' });
  expect(here.sent).toHaveLength(1);
});

test('a command still in flight when the others fail is waited for, and undone once it has succeeded', async () => {
  const here = await create({
    behave: (device, message) => (message.command === 'slow' ? undefined : failing('break')(device, message)),
  });
  const id = await here.start(`
steps:
  - id: both
    parallel:
      left: [{ id: slow, command: slow, device: a, timeout: 60s, compensate: { command: set.mode } }]
      right: [{ id: broken, command: break, device: b }]
`);
  await here.quiet();
  const slow = here.sent.find(({ message }) => message.command === 'slow')?.message.id ?? '';
  expect(await here.answer('a', { id: slow, status: 'SUCCEEDED' })).toBe('accepted');
  const view = await here.settle(id);
  expect(view.status).toBe('ROLLED_BACK');
  expect(statuses(view)).toMatchObject({ 'both.left.slow': 'COMPENSATED', 'both.right.broken': 'FAILED' });
});

test('a failed iteration within what is tolerated is undone alone, and the workflow succeeds', async () => {
  const here = await create({
    behave: (device, message) =>
      device === 'b' && message.command === 'check'
        ? { status: 'SUCCEEDED', result: { ok: false } }
        : { status: 'SUCCEEDED', result: { ok: true } },
  });
  const view = await here.run(`
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    tolerate: { count: 1 }
    steps:
      - { id: flash, command: flash, device: "{% $device.id %}", compensate: { command: unflash } }
      - { id: check, command: check, device: "{% $device.id %}", expect: "{% $result.ok %}" }
output: "{% $each[status = 'FAILED'].path %}"
`);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: 'each[1]', progress: { done: 8, total: 8 } });
  expect(statuses(view)).toMatchObject({
    'each[0].flash': 'SUCCEEDED',
    'each[1].flash': 'COMPENSATED',
    'each[1].check': 'FAILED',
    'each[2].check': 'SUCCEEDED',
  });
  expect(sentNames(here).filter((name) => name.includes('unflash'))).toEqual(['b unflash {}']);
});

test('more failed iterations than are tolerated undo all of them', async () => {
  const here = await create({
    behave: (_device, message) => ({ status: 'SUCCEEDED', result: { ok: message.command !== 'check' } }),
  });
  const view = await here.run(`
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    maxConcurrency: 1
    tolerate: { count: 1 }
    steps:
      - { id: flash, command: flash, device: "{% $device.id %}", compensate: { command: unflash } }
      - { id: check, command: check, device: "{% $device.id %}", expect: "{% $result.ok %}" }
`);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.ToleranceExceeded' });
  expect(sentNames(here).filter((name) => name.includes('unflash'))).toEqual([
    'a unflash {}',
    'b unflash {}',
  ]);
  expect(view.steps.filter(({ path }) => path.startsWith('each[2]'))).toEqual([]);
});

test('a stop undoes what was completed and takes back what waits', async () => {
  const { stopExecution } = await import('#executions/stop.ts');
  const here = await create({
    behave: (device, message) => (device === 'b' ? undefined : OBEDIENT(device, message)),
  });
  const id = await here.start(`
steps:
  - { id: one, command: set.mode, device: a, compensate: { command: set.mode } }
  - { id: two, command: set.mode, device: c, expires: 1h }
`);
  await here.presence('c', 'offline');
  await here.quiet();
  await stopExecution(here.ports, id, 'enough');
  const view = await here.settle(id);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.Stopped', cause: 'enough' });
  expect(statuses(view)).toEqual({ one: 'COMPENSATED', two: 'CANCELLED' });
});

test('a device that is offline until the command expires fails the step with Device.Expired', async () => {
  const here = await create({ devices: [{ id: 'a', status: 'offline' }] });
  const view = await here.run(`
steps:
  - { id: one, command: set.mode, device: a, expires: 10m }
`);
  expect(view).toMatchObject({ status: 'FAILED', error: 'Device.Expired' });
  expect((view.endedAt ?? 0) - view.startedAt).toBe(600_000);
  expect(here.sent).toEqual([]);
});

test.each([
  ['unknown', 'Device.Unknown', 'nobody'],
  ['offline without expires', 'Device.Offline', 'off'],
])('a device that is %s fails the step at once', async (_what, error, device) => {
  const here = await create({ devices: [{ id: 'off', status: 'offline' }] });
  const view = await here.run(`steps: [{ id: one, command: set.mode, device: ${device} }]`);
  expect(view).toMatchObject({ status: 'FAILED', error });
});

test('an output that is too large for the record is kept, and given back', async () => {
  const here = await create({ behave: () => ({ status: 'SUCCEEDED', result: 'x'.repeat(200_000) }) });
  const view = await here.run('steps: [{ id: one, command: read, device: a }]');
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: { one: 'x'.repeat(200_000) } });
  expect(await here.ports.table.get({ pk: `EXECUTION#${view.id}`, sk: 'META' })).not.toHaveProperty('output');
});
