import { expect, test } from 'vitest';
import { setPoolLimit } from '#concurrency/limit.ts';
import { World } from '#support/world.ts';

const SILENT = () => undefined;

/** The status of each step by its path. */
function statuses(view: { readonly steps: readonly { readonly path: string; readonly status: string }[] }) {
  return Object.fromEntries(view.steps.map(({ path, status }) => [path, status]));
}

test('a block that is through in time leaves no trace of its timeout', async () => {
  using world = await World.create({ devices: [{ id: 'd', status: 'online' }] });
  const view = await world.run(`
steps:
  - id: both
    timeout: 1m
    parallel:
      left: [{ id: a, command: read, device: d }, { id: b, set: { n: "{% $a.done %}" } }]
      right: [{ id: c, wait: { for: 30s } }]
  - id: rounds
    timeout: 10m
    while: "{% $rounds.k < 3 or $rounds = null %}"
    maxIterations: 9
    steps: [{ id: k, set: { k: "{% ($exists($vars.k) ? $vars.k : 0) + 1 %}" } }]
  - id: each
    timeout: 5m
    forEach: "{% [1, 2] %}"
    steps: [{ id: pause, wait: { for: 1m } }, { id: twice, set: { it: "{% $item * 2 %}" } }]
    output: "{% $sum($result.it) %}"
output: { both: "{% $both.left %}", a: "{% $a %}", b: "{% $b %}", rounds: "{% $rounds %}", k: "{% $vars.k %}", each: "{% $each %}" }
`);
  expect(view.output).toEqual({
    both: { n: true },
    a: { done: true },
    b: { n: true },
    rounds: { k: 3 },
    k: 3,
    each: 6,
  });
  expect(new Set(Object.values(statuses(view)))).toEqual(new Set(['SUCCEEDED']));
});

test('a block that takes too long is cut off, and fails with Step.Timeout', async () => {
  using world = await World.create({ devices: [{ id: 'd', status: 'online' }], behave: SILENT });
  const view = await world.run(`
steps:
  - id: both
    timeout: 90s
    parallel:
      left: [{ id: a, command: read, device: d, timeout: 1h }]
      right: [{ id: c, wait: { for: 30s } }, { id: e, set: { x: 1 } }]
`);
  expect(view).toMatchObject({
    status: 'FAILED',
    error: 'Step.Timeout',
    cause: '"both" was not through within 90 s',
  });
  expect(statuses(view)).toEqual({
    both: 'FAILED',
    'both.left.a': 'CANCELLED',
    'both.right.c': 'SUCCEEDED',
    'both.right.e': 'SUCCEEDED',
  });
});

test('what is caught goes on, and each try has the whole time', async () => {
  using world = await World.create();
  const began = world.clock.now();
  const view = await world.run(`
steps:
  - id: slow
    timeout: 1m
    retry: { attempts: 2, delay: 10s }
    forEach: "{% [1] %}"
    steps: [{ id: never, wait: { event: { name: never } } }]
    catch: [{ on: [Step.Timeout], steps: [{ id: told, set: { why: "{% $error.cause %}" } }] }]
  - id: rest
    needs: [slow.failed]
    set: { after: "{% $told.why %}" }
`);
  expect(view.output).toMatchObject({ rest: { after: '"slow" was not through within 60 s' } });
  expect(world.clock.now() - began).toBeGreaterThanOrEqual(130_000);
  expect(world.clock.now() - began).toBeLessThan(200_000);
});

test('each iteration around has a time of its own', async () => {
  using world = await World.create();
  const view = await world.run(`
steps:
  - id: each
    forEach: "{% [30, 90] %}"
    as: seconds
    tolerate: { count: 1 }
    steps:
      - id: block
        timeout: 1m
        while: "{% $block = null %}"
        maxIterations: 2
        steps: [{ id: pause, wait: { for: "{% $seconds %}" } }, { id: done, set: { took: "{% $seconds %}" } }]
`);
  expect(view.output).toMatchObject({ each: [{ took: 30 }, { status: 'FAILED', error: 'Step.Timeout' }] });
});

test('a block holds what it uses until its time is up', async () => {
  using world = await World.create();
  await setPoolLimit(world.ports, 'grid', 1);
  const view = await world.run(`
steps:
  - id: held
    uses: { grid: 1 }
    timeout: 1m
    parallel: { only: [{ id: wait, wait: { event: { name: never } } }] }
    catch: continue
  - { id: again, lock: { pools: { grid: 1 }, timeout: 5s, steps: [{ id: x, set: { got: true } }] } }
`);
  expect(view).toMatchObject({ status: 'SUCCEEDED', output: { again: { got: true } } });
});
