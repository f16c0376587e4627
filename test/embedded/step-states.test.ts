import { expect, test } from 'vitest';
import { ensurePool } from '#concurrency/pool.ts';
import type { Json } from '#core/json.ts';
import { stopExecution } from '#executions/stop.ts';
import { publishEvent } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import { type Behaviour, World } from '#support/world.ts';

const PUMP = { id: 'pump' };
const FAILING: Behaviour = (_device, { command }) =>
  command === 'fail' ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' };

/** Every step with its status and tries, such as `poll[0].read SUCCEEDED 1`. */
async function states(world: World, id: string): Promise<string[]> {
  const { steps } = await world.view(id);
  return steps.map(({ path, status, attempts }) => `${path} ${status} ${attempts}`);
}

test('each iteration of a loop has steps of its own', async () => {
  using world = await World.create({ devices: [PUMP] });
  const id = await world.start(`
steps:
  - { id: begin, set: { n: 0 } }
  - id: poll
    while: "{% $vars.n < 2 %}"
    maxIterations: 5
    steps:
      - { id: add, set: { n: "{% $vars.n + 1 %}" } }
      - { id: read, command: read, device: pump, if: "{% $vars.n = 2 %}" }
  - id: never
    while: "{% false %}"
    maxIterations: 5
    steps: [{ id: inside, command: read, device: pump }]
`);
  await world.settle(id);
  expect(await states(world, id)).toEqual([
    ...['begin SUCCEEDED 1', 'poll SUCCEEDED 2'],
    ...['poll[0].add SUCCEEDED 1', 'poll[0].read SKIPPED 0'],
    ...['poll[1].add SUCCEEDED 1', 'poll[1].read SUCCEEDED 1'],
    'never SKIPPED 0',
  ]);
});

test('loops inside iterations tell their runs apart, and undo goes through a loop backwards', async () => {
  using world = await World.create({ devices: [PUMP], behave: FAILING });
  const id = await world.start(`
steps:
  - id: each
    forEach: "{% ['a', 'b'] %}"
    maxConcurrency: 1
    steps:
      - id: loop
        while: "{% ($exists($vars.n) ? $vars.n : 0) < 2 %}"
        maxIterations: 5
        steps:
          - { id: add, set: { n: "{% ($exists($vars.n) ? $vars.n : 0) + 1 %}" } }
          - { id: on, command: "on", device: pump, with: { at: "{% $item & $vars.n %}" }, compensate: { command: "off", with: { at: "{% $item & $vars.n %}" } } }
  - { id: bad, command: fail, device: pump }
`);
  await world.settle(id);
  const all = await states(world, id);
  expect(all.filter((state) => state.includes('.on '))).toEqual(
    ['0', '1'].flatMap((item) => ['0', '1'].map((run) => `each[${item}].loop[${run}].on COMPENSATED 1`)),
  );
  const undone = world.sent
    .filter(({ message }) => message.command === 'off')
    .map(({ message }) => message.with['at']);
  expect(undone.filter((at) => String(at).startsWith('a'))).toEqual(['a2', 'a1']);
});

test('the items of waves keep their numbers, and what is between waves has its own', async () => {
  using world = await World.create({ devices: [PUMP] });
  const id = await world.start(
    `
steps:
  - id: rollout
    forEach: "{% $input.items %}"
    waves: [{ count: 1 }, { rest: true }]
    betweenWaves: { approve: { group: ops } }
    steps: [{ id: flash, command: flash, device: pump }]
`,
    { items: [1, 2, 3] },
  );
  await world.until(async () =>
    (await states(world, id)).includes('rollout.waves[1].rollout_approval RUNNING 1'),
  );
  expect(await world.view(id)).toMatchObject({ progress: { done: 1, total: 3 } });
  await vote(world.ports, `${id}:rollout.waves[1].rollout_approval:0`, { by: 'ann', decision: 'approve' });
  await world.settle(id);
  expect(await states(world, id)).toEqual([
    'rollout SUCCEEDED 1',
    ...[0, 1, 2].map((index) => `rollout[${index}].flash SUCCEEDED 1`),
    'rollout.waves[1].rollout_approval SUCCEEDED 1',
  ]);
});

test('a step that stands in line runs, and is cut off there', async () => {
  using world = await World.create({ devices: [PUMP] });
  await ensurePool(world.ports.table, 'uplink', 1);
  const fields = `
steps:
  - id: held
    lock: { pools: { uplink: 1 }, steps: [{ id: work, wait: { event: { name: go } } }] }
  - { id: flash, command: flash, device: pump, uses: { uplink: 1 }, retry: { attempts: 2 } }
`;
  const first = await world.start(fields);
  const second = await world.start(fields);
  await world.quiet();
  expect(await states(world, first)).toEqual(['held RUNNING 1', 'held.work RUNNING 1', 'flash PENDING 0']);
  expect(await states(world, second)).toEqual(['held RUNNING 0', 'held.work PENDING 0', 'flash PENDING 0']);
  await stopExecution(world.ports, second);
  await world.settle(second);
  expect(await states(world, second)).toEqual(['held CANCELLED 1', 'held.work SKIPPED 0', 'flash SKIPPED 0']);
  await publishEvent(world.ports, { name: 'go', data: null as Json });
  await world.settle(first);
  expect(await states(world, first)).toEqual([
    'held SUCCEEDED 1',
    'held.work SUCCEEDED 1',
    'flash SUCCEEDED 1',
  ]);
});

test('a raw block is a step like any other', async () => {
  using world = await World.create();
  const id = await world.start(`
steps:
  - id: both
    asl:
      Type: Parallel
      Branches: [{ StartAt: left, States: { left: { Type: Pass, End: true } } }]
  - { id: pause, asl: { Type: Wait, Seconds: 5 } }
`);
  await world.settle(id);
  expect(await states(world, id)).toEqual(['both SUCCEEDED 1', 'pause SUCCEEDED 1']);
});
