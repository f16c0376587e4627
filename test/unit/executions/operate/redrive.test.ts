import { afterEach, expect, test } from 'vitest';
import { ensurePool, getPool } from '#concurrency/pool.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { executionHistory } from '#executions/describe.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { pauseExecution, resumeExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { stopByOperator } from '#executions/operate/stop.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { vote } from '#signals/vote.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => world[Symbol.dispose]());

const ADA = { by: 'ada', reason: 'the pump is repaired' };

/** Commands of these names fail. */
function failing(...names: readonly string[]): Behaviour {
  return (device, message) =>
    names.includes(message.command)
      ? { status: 'FAILED', error: 'Device.Rejected', cause: 'no' }
      : OBEDIENT(device, message);
}

function sent(): string[] {
  return world.sent.map(({ message }) => message.command);
}

function ids(): string[] {
  return world.sent.map(({ message }: { readonly message: CommandMessage }) => message.id);
}

async function worldWith(behave: Behaviour): Promise<void> {
  world = await World.create({ devices: [{ id: 'd-1' }, { id: 'd-2' }], behave });
}

const TWO = `
steps:
  - { id: one, command: first, device: d-1 }
  - { id: two, command: second, device: d-1, retry: { attempts: 2, delay: 1s } }
output: "{% [$one, $two].done %}"
`;

test('a redrive tries the failed step again, under an id of its own, and sends nothing else', async () => {
  await worldWith(failing('second'));
  const failed = await world.run(TWO);
  expect(failed).toMatchObject({ status: 'FAILED', error: 'Device.Rejected' });
  world.behave = OBEDIENT;

  expect(await redriveExecution(world.ports, failed.id, ADA)).toMatchObject({
    status: 'RUNNING',
    redriveCount: 1,
  });
  const view = await world.settle(failed.id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: [true, true] });
  expect(view.error).toBeUndefined();
  expect(view.steps.map(({ path, status, attempts }) => [path, status, attempts])).toEqual([
    ['one', 'SUCCEEDED', 1],
    ['two', 'SUCCEEDED', 3],
  ]);
  expect(sent()).toEqual(['first', 'second', 'second', 'second']);
  expect(ids().at(-1)).toBe(`${failed.id}:two:0:redrive:1`);
  expect(new Set(ids()).size).toBe(4);
  expect(await actionsOf(world.ports.table, failed.id)).toMatchObject([
    { operation: 'redrive', ...ADA, details: {} },
  ]);
});

test('while it runs again, the steps show as they stand', async () => {
  await worldWith(failing('second'));
  const { id } = await world.run(
    `${TWO.replace('output', '  - { id: three, command: third, device: d-1 }\noutput')}`,
  );
  expect((await world.view(id)).steps.map(({ status }) => status)).toEqual([
    'SUCCEEDED',
    'FAILED',
    'SKIPPED',
  ]);
  world.behave = () => undefined;
  await redriveExecution(world.ports, id, ADA);
  await world.quiet();
  const { steps, progress, status } = await world.view(id);
  expect(status).toBe('RUNNING');
  expect(steps.map((step) => step.status)).toEqual(['SUCCEEDED', 'RUNNING', 'PENDING']);
  expect(progress).toEqual({ done: 1, total: 3 });
});

test('what can be undone has been undone, and is not redriven', async () => {
  await worldWith(failing('second'));
  const { id, status } = await world.run(`
steps:
  - { id: one, command: first, device: d-1, compensate: { command: undo } }
  - { id: two, command: second, device: d-1 }
`);
  expect(status).toBe('ROLLED_BACK');
  await expect(redriveExecution(world.ports, id, ADA)).rejects.toMatchObject({
    code: 'SW4062',
    hint: 'what it did has been undone; start a new one',
  });
  expect(await actionsOf(world.ports.table, id)).toEqual([]);
});

test('what runs or has succeeded is not redriven', async () => {
  await worldWith(() => undefined);
  const id = await world.start('steps: [{ id: one, command: first, device: d-1 }]');
  await expect(redriveExecution(world.ports, id, ADA)).rejects.toMatchObject({ code: 'SW4062' });
  await expect(redriveExecution(world.ports, 'none', ADA)).rejects.toMatchObject({ code: 'SW4044' });
});

test('a command that is still under way when its execution is stopped answers the redriven step', async () => {
  await worldWith(() => undefined);
  const id = await world.start('steps: [{ id: one, command: first, device: d-1 }]\noutput: "{% $one %}"');
  await world.quiet();
  await stopByOperator(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({
    status: 'STOPPED',
    cause: 'stopped by ada: the pump is repaired',
  });
  await redriveExecution(world.ports, id, ADA);
  await world.quiet();
  expect(new Set(ids())).toEqual(new Set([`${id}:one:0`]));
  expect((await world.view(id)).steps[0]).toMatchObject({ status: 'RUNNING', attempts: 2 });
  await world.answer('d-1', { id: `${id}:one:0`, status: 'SUCCEEDED', result: 7 });
  const view = await world.settle(id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: 7 });
  expect(view.steps[0]).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
});

test('a command that took effect after its execution was stopped is not sent again', async () => {
  await worldWith(() => undefined);
  const id = await world.start('steps: [{ id: one, command: first, device: d-1 }]\noutput: "{% $one %}"');
  await world.quiet();
  await stopByOperator(world.ports, id, { by: 'ada' });
  await world.settle(id);
  await world.answer('d-1', { id: `${id}:one:0`, status: 'SUCCEEDED', result: 7 });
  const before = world.sent.length;
  await redriveExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: 7 });
  expect(world.sent).toHaveLength(before);
});

test('a step that holds units gets in line again, and what was held is taken again', async () => {
  await worldWith(failing('second'));
  await ensurePool(world.ports.table, 'uplink', 1);
  const { id } = await world.run(`
steps:
  - { id: one, command: second, device: d-1, uses: { uplink: 1 } }
`);
  world.behave = OBEDIENT;
  await redriveExecution(world.ports, id, ADA);
  const { status, steps } = await world.settle(id);
  expect([status, steps[0]?.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(0);
});

const LOCKED = `
steps:
  - id: held
    lock:
      pools: { uplink: 1 }
      steps:
        - { id: one, command: first, device: d-1 }
`;

test('units that an execution held when it was stopped are taken again, or the redrive is refused', async () => {
  await worldWith(() => undefined);
  await ensurePool(world.ports.table, 'uplink', 1);
  const id = await world.start(LOCKED, {});
  await world.quiet();
  await stopByOperator(world.ports, id, ADA);
  await world.settle(id);
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(0);

  const other = await world.start(LOCKED, { n: 2 });
  await world.quiet();
  await expect(redriveExecution(world.ports, id, ADA)).rejects.toMatchObject({ code: 'SW4065' });
  const refused = (await actionsOf(world.ports.table, id)).map((action) => action.refused ?? '');
  expect(refused.join()).toContain('"uplink"');
  await stopByOperator(world.ports, other, ADA);
  await world.settle(other);

  world.behave = OBEDIENT;
  await redriveExecution(world.ports, id, ADA);
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(1);
  expect((await world.settle(id)).status).toBe('SUCCEEDED');
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(0);
});

test('an iteration that failed more than is tolerated runs again, and is not counted twice', async () => {
  await worldWith((device, message) =>
    device === 'd-2' ? failing('first')(device, message) : OBEDIENT(device, message),
  );
  const { id, status } = await world.run(`
steps:
  - id: each
    forEach: "{% ['d-1', 'd-2'] %}"
    as: device
    tolerate: { count: 0 }
    steps: [{ id: one, command: first, device: "{% $device %}" }]
output: "{% $each.done %}"
`);
  expect(status).toBe('FAILED');
  await redriveExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'Stepwright.ToleranceExceeded' });
  world.behave = OBEDIENT;
  await redriveExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: [true, true] });
  expect(world.sent.filter(({ device }) => device === 'd-1')).toHaveLength(1);
});

test('a block whose time was up runs again with all of its time', async () => {
  await worldWith(() => undefined);
  const { id } = await world.run(`
steps:
  - id: both
    timeout: 90s
    parallel:
      left: [{ id: one, command: first, device: d-1, timeout: 10m }]
      right: [{ id: two, command: second, device: d-2, timeout: 10m }]
`);
  expect(await world.view(id)).toMatchObject({ status: 'FAILED', error: 'Step.Timeout' });
  await redriveExecution(world.ports, id, ADA);
  await world.quiet();
  await world.answer('d-1', { id: `${id}:both.left.one:0`, status: 'SUCCEEDED', result: {} });
  await world.answer('d-2', { id: `${id}:both.right.two:0`, status: 'SUCCEEDED', result: {} });
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('a workflow that was called and failed is called anew, and one that succeeded is not', async () => {
  await worldWith(failing('second'));
  await publishWorkflow(
    world.ports,
    { ...compileText('steps: [{ id: one, command: second, device: d-1 }]\noutput: done'), name: 'part' },
    '',
  );
  const { id } = await world.run('steps: [{ id: call, workflow: { name: part } }]\noutput: "{% $call %}"');
  expect((await world.view(id)).status).toBe('FAILED');
  world.behave = OBEDIENT;
  await redriveExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
});

test('who rejected is asked again', async () => {
  await worldWith(OBEDIENT);
  const id = await world.start('steps: [{ id: ask, approve: { group: ops } }]');
  await world.quiet();
  await vote(world.ports, `${id}:ask:0`, { by: 'bob', decision: 'reject' });
  expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'Approval.Rejected' });
  await redriveExecution(world.ports, id, ADA);
  await world.quiet();
  await vote(world.ports, `${id}:ask:0`, { by: 'bob', decision: 'approve' });
  expect((await world.settle(id)).status).toBe('SUCCEEDED');
});

test('an execution goes on with a newer version in which what was done stands unchanged', async () => {
  await worldWith(failing('second'));
  const failed = await world.run(TWO);
  const next = TWO.replace('command: second', 'command: repaired');
  await publishWorkflow(world.ports, { ...compileText(next), version: '1.1.0' }, '');
  const other = TWO.replace('command: first', 'command: changed');
  await publishWorkflow(world.ports, { ...compileText(other), version: '1.2.0' }, '');
  await publishWorkflow(world.ports, { ...compileText(next), version: '0.9.0' }, '');

  await expect(redriveExecution(world.ports, failed.id, { ...ADA, version: '1.2.0' })).rejects.toMatchObject({
    code: 'SW4063',
    message: expect.stringContaining('"one" has been done, and is another now'),
  });
  await expect(redriveExecution(world.ports, failed.id, { ...ADA, version: '0.9.0' })).rejects.toMatchObject({
    code: 'SW4063',
  });
  await redriveExecution(world.ports, failed.id, { ...ADA, version: '^1.1.0 <1.2' });
  expect(await world.settle(failed.id)).toMatchObject({ status: 'SUCCEEDED', version: '1.1.0' });
  expect(sent().at(-1)).toBe('repaired');
  expect(await actionsOf(world.ports.table, failed.id)).toMatchObject([
    { details: { from: '1.0.0', version: '1.1.0' } },
  ]);
  expect((await executionHistory(world.ports, failed.id, 0)).length).toBeGreaterThan(10);
});

test('a paused execution begins no step until it is resumed, and both are on record', async () => {
  await worldWith(() => undefined);
  const id = await world.start(TWO);
  await world.quiet();
  expect(await pauseExecution(world.ports, id, ADA)).toMatchObject({
    status: 'RUNNING',
    pausedAt: world.clock.now(),
  });
  await world.answer('d-1', { id: `${id}:one:0`, status: 'SUCCEEDED', result: {} });
  await world.quiet();
  expect((await world.view(id)).steps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'PENDING']);
  world.behave = OBEDIENT;
  await world.clock.advance(1_000);
  expect((await resumeExecution(world.ports, id, { by: 'bob' })).pausedAt).toBeUndefined();
  expect((await world.settle(id)).status).toBe('SUCCEEDED');
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'pause', by: 'ada' },
    { operation: 'resume', by: 'bob' },
  ]);
  await expect(pauseExecution(world.ports, id, ADA)).rejects.toMatchObject({ code: 'SW4066' });
  await expect(resumeExecution(world.ports, id, ADA)).rejects.toMatchObject({ code: 'SW4066' });
});

test('a loop goes on in the iteration that failed, and waves in the wave', async () => {
  let calls = 0;
  await worldWith((device, message) =>
    ++calls === 3 ? failing(message.command)(device, message) : OBEDIENT(device, message),
  );
  const { id } = await world.run(`
steps:
  - id: poll
    while: "{% $vars.n < 4 or $not($exists($vars.n)) %}"
    maxIterations: 9
    steps:
      - { id: one, command: first, device: d-1 }
      - { id: count, set: { n: "{% ($exists($vars.n) ? $vars.n : 0) + 1 %}" } }
  - id: each
    forEach: "{% ['d-1', 'd-2'] %}"
    as: device
    waves: [{ count: 1 }, { rest: true }]
    steps: [{ id: two, command: second, device: "{% $device %}" }]
output: "{% [$vars.n, $count($each)] %}"
`);
  expect((await world.view(id)).steps.map(({ path, status }) => `${path} ${status}`)).toContain(
    'poll[2].one FAILED',
  );
  await redriveExecution(world.ports, id, ADA);
  const view = await world.settle(id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: [4, 2] });
  const ended = view.steps.filter(({ status }) => status === 'SUCCEEDED').map(({ path }) => path);
  expect(ended).toEqual(
    expect.arrayContaining(['poll[2].one', 'poll[3].count', 'each[0].two', 'each[1].two']),
  );
  expect(sent().filter((name) => name === 'first')).toHaveLength(5);
});

test('a redrive that the engine refuses gives back what it took, and is on record as refused', async () => {
  await worldWith(() => undefined);
  await ensurePool(world.ports.table, 'uplink', 1);
  const id = await world.start(LOCKED);
  await world.quiet();
  await stopByOperator(world.ports, id, ADA);
  await world.settle(id);
  await world.clock.advance(15 * 86_400_000);
  await expect(redriveExecution(world.ports, id, ADA)).rejects.toMatchObject({ code: 'SW4060' });
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(0);
  expect((await actionsOf(world.ports.table, id)).at(-1)?.refused).toContain('14 days');
  expect((await world.view(id)).status).toBe('STOPPED');
});

test('a redrive whose process ended before it was noted is settled when its run ends, or when it is asked for again', async () => {
  await worldWith(failing('second'));
  const first = await world.run(TWO);
  await world.clock.advance(1_000);
  await publishWorkflow(world.ports, { ...compileText(TWO), version: '1.1.0' }, '');
  const { table } = world.ports;
  const update = table.update.bind(table);
  const lost = async (): Promise<never> => {
    throw new Error('the process has ended');
  };
  world.behave = () => undefined;
  table.update = lost;
  await expect(redriveExecution(world.ports, first.id, { ...ADA, version: '1.1.0' })).rejects.toThrow();
  table.update = update;
  world.behave = OBEDIENT;
  await world.quiet();
  await world.answer('d-1', {
    id: `${first.id}:two:0:redrive:1`,
    status: 'SUCCEEDED',
    result: { done: true },
  });
  await world.until(async () => (await world.view(first.id)).status === 'SUCCEEDED');
  expect(await world.view(first.id)).toMatchObject({ version: '1.1.0', output: [true, true] });

  world.behave = failing('second');
  const other = await world.run({ ...compileText(TWO), version: '1.2.0' });
  world.behave = () => undefined;
  table.update = lost;
  await expect(redriveExecution(world.ports, other.id, ADA)).rejects.toThrow();
  table.update = update;
  await expect(redriveExecution(world.ports, other.id, ADA)).rejects.toMatchObject({ code: 'SW4060' });
  expect(await world.view(other.id)).toMatchObject({ status: 'RUNNING', redriveCount: 1 });
});
