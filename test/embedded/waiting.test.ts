import { describe, expect, test } from 'vitest';
import { setPoolLimit } from '#concurrency/limit.ts';
import { leasesOf, lineOf } from '#concurrency/line.ts';
import { ensurePool, getPool } from '#concurrency/pool.ts';
import type { Json } from '#core/json.ts';
import { getExecution } from '#executions/execution-store.ts';
import { stopExecution } from '#executions/stop.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { listNotifications } from '#notifications/notification.ts';
import { findApproval, listOpenApprovals } from '#signals/approval.ts';
import { publishEvent, sendSignal } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const PUMP = { id: 'pump', type: 'pump' };

/** Who holds units of a pool, then who stands in line. */
async function holdersAndLine(world: World, pool: string): Promise<readonly string[]> {
  const { table } = world.ports;
  return [...(await leasesOf(table, pool)), ...(await lineOf(table, pool))].map(({ holder }) => holder);
}

async function statusOf(world: World, id: string): Promise<string> {
  return (await getExecution(world.ports.table, id)).status;
}

describe('a wait for an event', () => {
  const waiting = `
steps:
  - id: opened
    wait: { event: { name: door.opened, where: "{% $event.id = $input.door %}" } }
    timeout: 1h
    catch: [{ on: [Event.Timeout], steps: [{ id: late, set: { late: true } }] }]
output: { opened: "{% $exists($opened) ? $opened : 'never' %}" }
`;

  test('gives the data of the first event that is meant', async () => {
    using world = await World.create();
    const id = await world.start(waiting, { door: 'd7' });
    await world.quiet();
    const told = (data: Json) => publishEvent(world.ports, { name: 'door.opened', data });
    expect([await told({ id: 'd1' }), await told({ id: 'd7', by: 'ann' }), await told({ id: 'd7' })]).toEqual(
      [0, 1, 0],
    );
    expect(await world.settle(id)).toMatchObject({ output: { opened: { id: 'd7', by: 'ann' } } });
  });

  test('ends with its time', async () => {
    using world = await World.create();
    const view = await world.run(waiting, { door: 'd7' });
    expect(view).toMatchObject({ status: 'SUCCEEDED', output: { opened: 'never' } });
    expect(view.steps[0]).toMatchObject({
      error: 'Event.Timeout',
      cause: 'no event "door.opened" came within 3600 s',
    });
    expect(await publishEvent(world.ports, { name: 'door.opened', data: { id: 'd7' } })).toBe(0);
  });

  test('takes a signal that came to its execution before, and each signal once', async () => {
    using world = await World.create();
    const id = await world.start(`
steps:
  - { id: pause, wait: { for: 1m } }
  - { id: first, wait: { event: { name: go } } }
  - { id: second, wait: { event: { name: go } } }
`);
    await world.quiet();
    expect(await sendSignal(world.ports, id, { name: 'go', data: 1 })).toBe(false);
    await world.until(async () => (await world.view(id)).steps[2]?.status === 'RUNNING');
    expect(await sendSignal(world.ports, id, { name: 'other', data: 0 })).toBe(false);
    expect(await sendSignal(world.ports, id, { name: 'go', data: 2 })).toBe(true);
    expect(await world.settle(id)).toMatchObject({ output: { first: 1, second: 2 } });
  });

  test('fails when its condition does', async () => {
    using world = await World.create();
    const id = await world.start(
      'steps: [{ id: a, wait: { event: { name: go, where: "{% $event.n + 1 = 2 %}" } } }]',
    );
    await world.quiet();
    expect(await publishEvent(world.ports, { name: 'go', data: { n: 'x' } })).toBe(0);
    expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test('is over when its execution is stopped', async () => {
    using world = await World.create();
    const id = await world.start('steps: [{ id: a, wait: { event: { name: go } } }]');
    await world.quiet();
    await stopExecution(world.ports, id);
    await world.settle(id);
    expect(await publishEvent(world.ports, { name: 'go', data: 1 })).toBe(0);
  });
});

describe('an approval', () => {
  const asking =
    'steps: [{ id: ask, approve: { group: ops, message: Go?, timeout: 1h, remind: 25m, quorum: 2 } }]';

  async function asked(fields = asking) {
    const world = await World.create();
    const id = await world.start(fields);
    await world.quiet();
    return { world, id, approval: `${id}:ask:0` };
  }

  test('is given when enough have approved, each counting once', async () => {
    const { world, id, approval } = await asked();
    using _ = world;
    expect((await listOpenApprovals(world.ports.table)).approvals).toMatchObject([
      { id: approval, group: 'ops', message: 'Go?', quorum: 2 },
    ]);
    const first = await vote(world.ports, approval, { by: 'ann', decision: 'approve' });
    const again = await vote(world.ports, approval, { by: 'ann', decision: 'approve', comment: 'sure' });
    expect([first.status, again.status]).toEqual(['OPEN', 'OPEN']);
    await vote(world.ports, approval, { by: 'bob', decision: 'approve' });
    const { output } = await world.settle(id);
    expect(output).toMatchObject({
      ask: {
        ...{ approved: true, by: 'bob', at: '2026-01-01T00:00:00.000Z' },
        votes: [{ by: 'ann', comment: 'sure' }, { by: 'bob' }],
      },
    });
    expect((await listOpenApprovals(world.ports.table)).approvals).toEqual([]);
  });

  test('fails the step when one rejects, and can then be decided no more', async () => {
    const { world, id, approval } = await asked();
    using _ = world;
    await vote(world.ports, approval, { by: 'ann', decision: 'reject', comment: 'not now' });
    expect(await world.settle(id)).toMatchObject({
      ...{ status: 'FAILED', error: 'Approval.Rejected', cause: 'ann rejected: not now' },
    });
    await expect(vote(world.ports, approval, { by: 'bob', decision: 'approve' })).rejects.toMatchObject({
      code: 'SW4026',
    });
    expect(await vote(world.ports, approval, { by: 'ann', decision: 'reject' })).toMatchObject({
      status: 'REJECTED',
    });
    await expect(vote(world.ports, 'x:y:0', { by: 'bob', decision: 'approve' })).rejects.toMatchObject({
      code: 'SW4046',
    });
  });

  test('reminds its people until its time is up', async () => {
    const { world, id, approval } = await asked();
    using _ = world;
    expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'Approval.Timeout' });
    const { notifications } = await listNotifications(world.ports.table, { day: '2026-01-01' });
    expect(notifications.map(({ topic, subject }) => `${topic} ${subject}`).reverse()).toEqual([
      'approvals ops: "ask" asks for approval',
      'approvals ops: "ask" still waits for approval (reminder 1)',
      'approvals ops: "ask" still waits for approval (reminder 2)',
    ]);
    expect(await findApproval(world.ports.table, approval)).toMatchObject({ status: 'EXPIRED' });
  });

  test('is asked no more when its execution is stopped', async () => {
    const { world, id, approval } = await asked('steps: [{ id: ask, approve: { group: ops } }]');
    using _ = world;
    await stopExecution(world.ports, id);
    await world.settle(id);
    expect(await findApproval(world.ports.table, approval)).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('units of a pool', () => {
  const using = (pools: string, more = ''): string => `
steps:
  - id: held
    lock: { pools: ${pools}, steps: [{ id: work, wait: { event: { name: "{% 'done-' & $input.n %}" } } }] ${more} }
`;

  test('are held by as many as there are, and the others come in their turn', async () => {
    using world = await World.create();
    await ensurePool(world.ports.table, 'uplink', 2);
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) {
      ids.push(await world.start(using('{ uplink: 1 }'), { n }));
      await world.quiet();
    }
    expect(await getPool(world.ports.table, 'uplink')).toMatchObject({ limit: 2, used: 2 });
    const holders = async () =>
      (await holdersAndLine(world, 'uplink')).map((one) => ids.indexOf(one.split(':')[0] ?? '') + 1);
    expect(await holders()).toEqual([1, 2, 3, 4]);
    await publishEvent(world.ports, { name: 'done-2', data: 0 });
    await world.quiet();
    expect(await holders()).toEqual([1, 3, 4]);
    await setPoolLimit(world.ports, 'uplink', 3);
    await world.quiet();
    for (const n of [4, 1, 3]) {
      expect(await publishEvent(world.ports, { name: `done-${n}`, data: 0 })).toBe(1);
      await world.quiet();
    }
    expect(await Promise.all(ids.map((id) => statusOf(world, id)))).toEqual(ids.map(() => 'SUCCEEDED'));
    expect(await getPool(world.ports.table, 'uplink')).toMatchObject({ used: 0 });
  });

  test('are given back by an execution that is stopped, in line or holding', async () => {
    using world = await World.create();
    await ensurePool(world.ports.table, 'uplink', 1);
    const fields = using('{ uplink: 1 }');
    const [first, second, third] = [
      await world.start(fields, { n: 1 }),
      await world.start(fields, { n: 2 }),
      await world.start(fields, { n: 3 }),
    ];
    await world.quiet();
    await stopExecution(world.ports, second);
    await world.settle(second);
    await stopExecution(world.ports, first);
    await world.settle(first);
    await world.quiet();
    expect(await publishEvent(world.ports, { name: 'done-3', data: 0 })).toBe(1);
    expect(await world.settle(third)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await getPool(world.ports.table, 'uplink')).toMatchObject({ used: 0 });
  });

  test('that do not come in time fail the step, which leaves the line', async () => {
    using world = await World.create();
    await ensurePool(world.ports.table, 'uplink', 1);
    const first = await world.start(using('{ uplink: 1 }'), { n: 1 });
    await world.quiet();
    const late = compileText(using('{ uplink: 1 }', ', timeout: 90s'));
    const second = await world.start({ ...late, version: '2.0.0' }, { n: 2 });
    expect(await world.settle(second)).toMatchObject({ status: 'FAILED', error: 'Lock.Timeout' });
    expect(await holdersAndLine(world, 'uplink')).toEqual([`${first}:held:0`]);
  });

  test.each([
    ['more than the pool has', '{ uplink: 5 }', '5 units of "uplink" are asked for, and it has 2'],
    ['of a pool that is not there', '{ nothing: 1 }', 'there is no pool "nothing"'],
  ])('%s cannot be had', async (_, pools, cause) => {
    using world = await World.create();
    await ensurePool(world.ports.table, 'uplink', 2);
    const view = await world.run(using(pools), { n: 1 });
    expect(view).toMatchObject({ status: 'FAILED', error: 'Lock.Impossible', cause });
  });

  const crossing = (outer: string, inner: string): string => `
steps:
  - id: tried
    parallel:
      whole:
        - id: outer
          lock:
            pools: { ${outer}: 1 }
            steps:
              - { id: ready, wait: { for: 1s } }
              - { id: inner, lock: { pools: { ${inner}: 1 }, steps: [{ id: work, wait: { for: 10s } }] } }
    retry: { attempts: 3, delay: 5s, on: [Lock.Deadlock] }
output: done
`;

  test('that two hold for each other are let go by the one that came last, which tries again', async () => {
    using world = await World.create();
    for (const pool of ['a', 'b']) await ensurePool(world.ports.table, pool, 1);
    const one = await world.start(crossing('a', 'b'));
    await world.quiet();
    await world.clock.advance(500);
    const other = await world.start({ ...compileText(crossing('b', 'a')), version: '2.0.0' });
    const innerOf = async () => (await world.view(other)).steps.find(({ id }) => id === 'inner');
    await world.until(async () => (await innerOf())?.error !== undefined);
    const [outer, inner] = ['tried.whole.outer', 'tried.whole.outer.inner'];
    expect(await innerOf()).toMatchObject({
      error: 'Lock.Deadlock',
      cause: `a deadlock: ${inner} of ${other} waits for "a", which ${outer} of ${one} holds; ${inner} of ${one} waits for "b", which ${outer} of ${other} holds`,
    });
    expect(await world.settle(one)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await world.settle(other)).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
    for (const pool of ['a', 'b']) expect(await getPool(world.ports.table, pool)).toMatchObject({ used: 0 });
  });

  test('of several pools are had by two who ask for them in any order', async () => {
    using world = await World.create();
    for (const pool of ['a', 'b']) await ensurePool(world.ports.table, pool, 1);
    const one = await world.start(using('{ a: 1, b: 1 }'), { n: 1 });
    const other = await world.start({ ...compileText(using('{ b: 1, a: 1 }')), version: '2.0.0' }, { n: 2 });
    await world.quiet();
    await publishEvent(world.ports, { name: 'done-1', data: 0 });
    await world.settle(one);
    await world.quiet();
    await publishEvent(world.ports, { name: 'done-2', data: 0 });
    expect(await world.settle(other)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a concurrency group', () => {
  const grouped = (overflow: string): string => `
concurrency: { group: "{% 'site-' & $input.site %}", max: 1, overflow: ${overflow} }
steps: [{ id: work, wait: { event: { name: "{% 'done-' & $input.n %}" } } }]
`;

  async function two(overflow: string) {
    const world = await World.create();
    const first = await world.start(grouped(overflow), { site: 'berlin', n: 1 });
    await world.quiet();
    const second = await world.start(grouped(overflow), { site: 'berlin', n: 2 });
    const elsewhere = await world.start(grouped(overflow), { site: 'paris', n: 3 });
    await world.quiet();
    expect(await publishEvent(world.ports, { name: 'done-3', data: 0 })).toBe(1);
    await world.settle(elsewhere);
    return { world, first, second };
  }

  test('lets one more wait', async () => {
    const { world, first, second } = await two('queue');
    using _ = world;
    expect(await publishEvent(world.ports, { name: 'done-2', data: 0 })).toBe(0);
    await publishEvent(world.ports, { name: 'done-1', data: 0 });
    await world.settle(first);
    await world.quiet();
    await publishEvent(world.ports, { name: 'done-2', data: 0 });
    expect(await world.settle(second)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('refuses one more', async () => {
    const { world, first, second } = await two('reject');
    using _ = world;
    expect(await world.settle(second)).toMatchObject({ status: 'FAILED', error: 'Concurrency.Rejected' });
    expect(await statusOf(world, first)).toBe('RUNNING');
  });

  test('stops the oldest for one more', async () => {
    const { world, first, second } = await two('replace');
    using _ = world;
    expect(await world.settle(first)).toMatchObject({ status: 'STOPPED' });
    await world.quiet();
    await publishEvent(world.ports, { name: 'done-2', data: 0 });
    expect(await world.settle(second)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a workflow that is called', () => {
  async function withChild(child: string): Promise<World> {
    const world = await World.create({ devices: [PUMP] });
    await publishWorkflow(world.ports, { ...compileText(child), name: 'child' }, '');
    return world;
  }
  const calling = (more = ''): string => `
steps: [{ id: sub, workflow: { name: child, input: { n: 2 } } ${more} }]
`;

  test('gives its output', async () => {
    using world = await withChild('steps: [{ id: a, set: { x: 1 } }]\noutput: "{% $input.n * 2 %}"');
    expect(await world.run(calling())).toMatchObject({ status: 'SUCCEEDED', output: { sub: 4 } });
  });

  test('fails the step with what it fails with', async () => {
    using world = await withChild('steps: [{ id: a, fail: { error: Plant.Unsafe, cause: too hot } }]');
    expect(await world.run(calling())).toMatchObject({
      ...{
        status: 'FAILED',
        error: 'Plant.Unsafe',
        cause: expect.stringMatching(/^child 1\.0\.0 .* is FAILED: too hot$/),
      },
    });
  });

  test('fails the step when its input does not fit', async () => {
    using world = await withChild(
      'input: { type: object, required: [m] }\nsteps: [{ id: a, set: { x: 1 } }]',
    );
    expect(await world.run(calling())).toMatchObject({ status: 'FAILED', error: 'Workflow.InvalidInput' });
  });

  test('is undone before its caller goes on', async () => {
    using world = await withChild(`
steps:
  - { id: on, command: on, device: pump, compensate: { command: off } }
  - { id: bad, fail: { error: Plant.Unsafe } }
`);
    const view = await world.run(
      calling(', catch: [{ on: [Plant.Unsafe], steps: [{ id: told, command: told, device: pump }] }]'),
    );
    expect(view).toMatchObject({ status: 'SUCCEEDED' });
    expect(world.sent.map(({ message }) => message.command)).toEqual(['on', 'off', 'told']);
  });

  test('is not waited for when it is detached', async () => {
    using world = await withChild('steps: [{ id: a, wait: { event: { name: go } } }]');
    const { output } = await world.run(calling().replace('n: 2 }', 'n: 2 }, await: false'));
    const child = String(Object(output)['sub'].executionId);
    expect(await statusOf(world, child)).toBe('RUNNING');
  });

  test('is stopped with its caller, and when its time is up', async () => {
    using world = await withChild('steps: [{ id: a, wait: { event: { name: go } } }]');
    const stopped = await world.start(calling());
    await world.quiet();
    await stopExecution(world.ports, stopped);
    await world.settle(stopped);
    const late = await world.run({ ...compileText(calling(', timeout: 10m')), version: '2.0.0' });
    // The child was stopped while it ran: its undo, of nothing, is the caller's last word.
    expect(late).toMatchObject({ status: 'ROLLED_BACK', error: 'Workflow.Timeout' });
    await world.quiet();
    expect(await publishEvent(world.ports, { name: 'go', data: 0 })).toBe(0);
  });

  test('that calls itself for ever is ended', async () => {
    using world = await World.create();
    const view = await world.run('steps: [{ id: again, workflow: { name: tested } }]');
    expect(view).toMatchObject({ status: 'FAILED', error: 'Workflow.TooDeep' });
  });

  test('runs once for equal steps that share a result', async () => {
    using world = await withChild('steps: [{ id: a, command: read, device: pump }]');
    const shared = calling(', cache: { key: x, ttl: 1h }');
    expect(await world.run(shared)).toMatchObject({ output: { sub: { a: { done: true } } } });
    expect(await world.run(shared)).toMatchObject({ output: { sub: { a: { done: true } } } });
    expect(world.sent).toHaveLength(1);
  });
});

describe('a command', () => {
  test('is done once for equal steps that share its result, as long as that is good', async () => {
    using world = await World.create({ devices: [PUMP] });
    const reading =
      'steps: [{ id: a, command: read, device: pump, cache: { key: "{% $input.k %}", ttl: 10m } }]';
    for (const k of [1, 1, 2]) await world.run(reading, { k });
    expect(world.sent).toHaveLength(2);
    await world.clock.advance(10 * 60_000);
    expect(await world.run(reading, { k: 1 })).toMatchObject({ output: { a: { done: true } } });
    expect(world.sent).toHaveLength(3);
  });

  test('that failed is shared with nobody', async () => {
    using world = await World.create({
      devices: [PUMP],
      behave: () => ({ status: 'SUCCEEDED', result: { ok: false } }),
    });
    const reading = `steps: [{ id: a, command: read, device: pump, expect: "{% $result.ok %}", cache: { key: k, ttl: 1m }, catch: continue }]`;
    for (const _ of [1, 2]) await world.run(reading);
    expect(world.sent).toHaveLength(2);
  });

  test.each([
    ['none', [], 'SUCCEEDED'],
    ['ack', ['DELIVERED' as const], 'SUCCEEDED'],
    ['ack', [], 'RUNNING'],
    ['response', ['DELIVERED' as const], 'RUNNING'],
  ])('that awaits %s, and hears %j, leaves its execution %s', async (awaited, said, status) => {
    using world = await World.create({ devices: [PUMP], behave: () => undefined });
    const id = await world.start(`steps: [{ id: a, command: blink, device: pump, await: ${awaited} }]`);
    await world.quiet();
    for (const one of said) await world.answer('pump', { id: `${id}:a:0`, status: one });
    await world.quiet();
    expect(await statusOf(world, id)).toBe(status);
  });
});

test('a value of the wrong type fails the step that gave it', async () => {
  using world = await World.create();
  const view = await world.run('steps: [{ id: ask, approve: { group: "{% 7 %}" } }]');
  expect(view).toMatchObject({ status: 'FAILED', error: 'Step.InvalidArguments' });
  expect(view.cause).toMatch(/^group: .*expected string/);
});
