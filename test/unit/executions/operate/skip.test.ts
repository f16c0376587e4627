import { afterEach, expect, test } from 'vitest';
import { ensurePool, getPool } from '#concurrency/pool.ts';
import { commandsOf } from '#devices/command-store.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { pauseExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { signalExecution } from '#executions/operate/signal.ts';
import { skipStep } from '#executions/operate/skip.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { findApproval } from '#signals/approval.ts';
import { waitsOf } from '#signals/event-wait.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => world[Symbol.dispose]());

const BY = { by: 'ada', reason: 'measured by hand' };
const SILENT: Behaviour = () => undefined;
const BROKEN: Behaviour = () => ({ status: 'FAILED', error: 'Device.Failed', cause: 'no' });

async function started(fields: string, behave: Behaviour = SILENT): Promise<string> {
  world = await World.create({ devices: [{ id: 'd-1' }], behave });
  const id = await world.start(fields);
  await world.quiet();
  return id;
}

const READ = `
steps:
  - { id: read, command: read, device: d-1, output: "{% $result.litres * 2 %}" }
output: "{% $read %}"
`;

test('a step that waits for its device is answered by hand, and its command given up', async () => {
  const id = await started(READ);
  await skipStep(world.ports, id, { ...BY, path: 'read', output: { litres: 21 } });
  const view = await world.settle(id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: 42 });
  expect(view.steps[0]).toMatchObject({ path: 'read', status: 'SKIPPED' });
  const [command] = await commandsOf(world.ports.table, id);
  expect(command).toMatchObject({ status: 'TIMED_OUT', cause: 'the step was skipped by ada' });
  expect(await world.answer('d-1', { id: `${id}:read:0`, status: 'SUCCEEDED', result: {} })).not.toBe(
    'taken',
  );
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'skip', ...BY, details: { path: 'read', output: { litres: 21 } } },
  ]);
});

test.each([
  ['an event', '{ id: w, timeout: 1h, wait: { event: { name: go } } }'],
  ['an approval', '{ id: w, approve: { group: ops, timeout: 1h, remind: 10m } }'],
  ['a time', '{ id: w, wait: { for: 1h } }'],
  ['its next try', '{ id: w, command: x, device: d-1, retry: { attempts: 2, delay: 1h } }'],
  ['another workflow', '{ id: w, workflow: { name: part } }'],
])('a step that waits for %s is skipped at once', async (what, step) => {
  world = await World.create({ devices: [{ id: 'd-1' }], behave: what === 'its next try' ? BROKEN : SILENT });
  const part = compileText('steps: [{ id: one, command: x, device: d-1 }]');
  await publishWorkflow(world.ports, { ...part, name: 'part' }, '');
  const id = await world.start(`steps: [${step}]\noutput: done`);
  await world.quiet();
  await skipStep(world.ports, id, { ...BY, path: 'w', output: { a: 1 } });
  await world.quiet();
  expect(await world.view(id)).toMatchObject({
    status: 'SUCCEEDED',
    endedAt: world.clock.now(),
    steps: [{ path: 'w', status: 'SKIPPED' }],
  });
  expect(await Array.fromAsync(waitsOf(world.ports.table, id))).toEqual([]);
  expect((await findApproval(world.ports.table, `${id}:w:0`))?.status ?? 'CANCELLED').toBe('CANCELLED');
});

test('a step that has failed is left with a given output, and the execution goes on after it', async () => {
  const id = await started(
    `
steps:
  - { id: read, command: read, device: d-1, output: "{% $result.litres * 2 %}", retry: { attempts: 2, delay: 1s } }
  - { id: next, command: next, device: d-1 }
output: "{% $read %}"
`,
    BROKEN,
  );
  expect((await world.settle(id)).status).toBe('FAILED');
  world.behave = OBEDIENT;
  const before = world.sent.length;
  await skipStep(world.ports, id, { ...BY, path: 'read', output: { litres: 4 } });
  const view = await world.settle(id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: 8, redriveCount: 1 });
  expect(view.steps.map(({ status }) => status)).toEqual(['SKIPPED', 'SUCCEEDED']);
  expect(world.sent.slice(before).map(({ message }) => message.command)).toEqual(['next']);
});

test('of an iteration, the step that failed is skipped, and with it the units of its pool are not taken', async () => {
  world = await World.create({ devices: [{ id: 'd-1' }], behave: BROKEN });
  await ensurePool(world.ports.table, 'uplink', 1);
  const { id } = await world.run(`
steps:
  - id: each
    forEach: "{% [1, 2] %}"
    as: n
    maxConcurrency: 1
    steps: [{ id: one, command: x, device: d-1, uses: { uplink: 1 } }]
output: "{% $each %}"
`);
  world.behave = OBEDIENT;
  await skipStep(world.ports, id, { ...BY, path: 'each[0].one', output: 'given' });
  const view = await world.settle(id);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: ['given', { done: true }] });
  expect((await getPool(world.ports.table, 'uplink')).used).toBe(0);
});

test.each([
  ['nothing', 'none', 'there is no such step'],
  ['a step that has not begun', 'after', 'it is PENDING'],
  ['a step that holds others', 'both', 'it is a parallel'],
])('%s is not skipped', async (_what, path, reason) => {
  const id = await started(`
steps:
  - id: both
    parallel: { left: [{ id: one, command: x, device: d-1 }], right: [{ id: two, wait: { for: 1h } }] }
  - { id: after, wait: { for: 1h } }
`);
  await expect(skipStep(world.ports, id, { ...BY, path, output: null })).rejects.toMatchObject({
    code: 'SW4064',
    message: expect.stringContaining(reason),
  });
  expect(await actionsOf(world.ports.table, id)).toEqual([]);
});

test('of an execution that has ended, only what did not succeed is skipped, unless it is undone', async () => {
  const fields = `
steps:
  - { id: one, command: x, device: d-1 }
  - { id: two, fail: { error: Never } }
`;
  const id = await started(fields, OBEDIENT);
  await world.settle(id);
  const refused = skipStep(world.ports, id, { ...BY, path: 'one', output: null });
  await expect(refused).rejects.toMatchObject({ code: 'SW4064' });
  const undone = fields.replace('device: d-1', 'device: d-1, compensate: { command: y }');
  const other = await world.run({ ...compileText(undone), version: '2.0.0' });
  expect(other.status).toBe('ROLLED_BACK');
  const late = skipStep(world.ports, other.id, { ...BY, path: 'one', output: null });
  await expect(late).rejects.toMatchObject({
    code: 'SW4064',
    message: expect.stringContaining('ROLLED_BACK'),
  });
});

test('a step that is skipped while its execution is paused ends, and what follows waits', async () => {
  const id = await started('steps: [{ id: w, wait: { for: 1h } }, { id: next, command: x, device: d-1 }]');
  await pauseExecution(world.ports, id, BY);
  await skipStep(world.ports, id, { ...BY, path: 'w', output: null });
  await world.quiet();
  expect((await world.view(id)).steps.map(({ status }) => status)).toEqual(['SKIPPED', 'PENDING']);
});

test('a skipped step stays done when the execution fails later and is redriven', async () => {
  const id = await started(
    'steps: [{ id: a, command: x, device: d-1 }, { id: b, command: y, device: d-1 }]',
    BROKEN,
  );
  await world.settle(id);
  await skipStep(world.ports, id, { ...BY, path: 'a', output: 1 });
  expect((await world.settle(id)).status).toBe('FAILED');
  world.behave = OBEDIENT;
  await redriveExecution(world.ports, id, BY);
  const view = await world.settle(id);
  expect(view.steps.map(({ status }) => status)).toEqual(['SKIPPED', 'SUCCEEDED']);
});

test('a signal is on record with who sent it', async () => {
  const id = await started('steps: [{ id: w, wait: { event: { name: go } } }]\noutput: "{% $w %}"');
  expect(await signalExecution(world.ports, id, { ...BY, event: { name: 'go', data: 5 } })).toBe(true);
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: 5 });
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'signal', ...BY, details: { name: 'go', data: 5 } },
  ]);
});

test('a forEach that failed is skipped as a whole, with the outputs of its items', async () => {
  const id = await started(
    `
steps:
  - id: each
    forEach: "{% [1, 2] %}"
    as: n
    steps: [{ id: one, command: x, device: d-1 }]
output: "{% $each %}"
`,
    BROKEN,
  );
  await world.settle(id);
  const before = world.sent.length;
  await skipStep(world.ports, id, { ...BY, path: 'each', output: [7, 8] });
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: [7, 8] });
  expect(world.sent).toHaveLength(before);
});
