import { afterEach, describe, expect, test } from 'vitest';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { ensurePool, getPool } from '#concurrency/pool.ts';
import type { Between } from '#embedded/assembly.ts';
import { childrenOf } from '#executions/children.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import type { Exchange } from '#integrations/call-http.ts';
import { listOpenApprovals } from '#signals/approval.ts';
import { publishEvent } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import { compileText } from '#support/compile-text.ts';
import { World, type WorldOptions } from '#support/world.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

type When = 'before' | 'after';

class Throttled extends Error {
  override readonly name = 'Lambda.TooManyRequestsException';
}

/** The calls of a handler fail, so many in all, before they do their work or after it. */
function failing(token: string, when: When, times = 2): Between['task'] {
  let failures = 0;
  return (name, called) => async (payload, context) => {
    const fails = name === token && failures++ < times;
    if (fails && when === 'before') throw new Throttled();
    const result = await called(payload, context);
    if (fails) throw new Throttled();
    return result;
  };
}

async function worldFailing(token: string, when: When, options: WorldOptions = {}): Promise<void> {
  world = await World.create({ devices: [{ id: 'a' }], task: failing(token, when), ...options });
}

/** So many seconds go by, in each of which things happen. */
async function passSeconds(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await world.quiet();
    await world.clock.advance(1_000);
  }
  await world.quiet();
}

describe.each(['before', 'after'] as const)('calls that fail %s their work', (when) => {
  test('let a command be sent once', async () => {
    await worldFailing(MACHINE_TOKENS.command, when);
    const view = await world.run('steps:\n  - { id: go, command: go, device: a }\n');
    expect(view).toMatchObject({ status: 'SUCCEEDED' });
    expect(new Set(world.sent.map(({ message }) => message.id)).size).toBe(1);
  });

  test('let one approval be asked for, and its answer count', async () => {
    await worldFailing(MACHINE_TOKENS.requestApproval, when);
    const id = await world.start('steps:\n  - { id: sign, approve: { group: ops } }\n');
    await passSeconds(10);
    const { approvals } = await listOpenApprovals(world.ports.table);
    expect(approvals.map((approval) => approval.id)).toEqual([`${id}:sign:0`]);
    await vote(world.ports, `${id}:sign:0`, { by: 'ann', decision: 'approve' });
    expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('let one execution of a called workflow be started', async () => {
    await worldFailing(MACHINE_TOKENS.startWorkflow, when);
    const child = { ...compileText('steps:\n  - { id: go, command: go, device: a }\n'), name: 'child' };
    await publishWorkflow(world.ports, child, '');
    const view = await world.run('steps:\n  - { id: call, workflow: { name: child } }\n');
    expect(view).toMatchObject({ status: 'SUCCEEDED' });
    expect(await Array.fromAsync(childrenOf(world.ports, view.id))).toHaveLength(1);
    expect(world.sent).toHaveLength(1);
  });

  test('lose no event that comes meanwhile', async () => {
    await worldFailing(MACHINE_TOKENS.awaitEvent, when);
    const id = await world.start('steps:\n  - { id: door, wait: { event: { name: door.open } } }\n');
    await world.quiet();
    await publishEvent(world.ports, { name: 'door.open', data: { by: 'ann' } });
    await passSeconds(10);
    await publishEvent(world.ports, { name: 'door.open', data: { by: 'bob' } });
    const view = await world.settle(id);
    expect(view).toMatchObject({
      status: 'SUCCEEDED',
      output: { door: { by: when === 'after' ? 'ann' : 'bob' } },
    });
  });

  test('neither lose units of pools nor take them twice', async () => {
    await worldFailing(MACHINE_TOKENS.lock, when);
    await ensurePool(world.ports.table, 'bay', 1);
    const lock =
      'steps:\n  - { id: bay, lock: { pools: { bay: 1 }, steps: [{ id: go, command: go, device: a }] } }\n';
    expect(await world.run(lock)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await getPool(world.ports.table, 'bay')).toMatchObject({ used: 0 });
  });

  test('count a failed iteration once', async () => {
    await worldFailing(MACHINE_TOKENS.settleIteration, when, { behave: () => ({ status: 'FAILED' }) });
    const each =
      'steps:\n  - { id: each, forEach: "{% [1, 2] %}", tolerate: { count: 2 }, steps: [{ id: go, command: go, device: a }] }\n';
    expect(await world.run(each)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a call over HTTP', () => {
  const keys: (string | undefined)[] = [];
  const answering =
    (...statuses: readonly number[]): Exchange =>
    async (_request, { headers }) => {
      keys.push(headers['idempotency-key']?.replace(/^[^:]*:/, ''));
      const status = statuses[keys.length - 1] ?? 200;
      return { status, headers: {}, body: '' };
    };
  const book = (retry = '') =>
    `steps:\n  - { id: book, http: { method: POST, url: https://service.example/slots }${retry} }\n`;
  afterEach(() => void keys.splice(0));

  test('is recognised by its service when the handler broke off after it was made', async () => {
    const answer = answering();
    const exchange: Exchange = async (...call) => {
      const answered = await answer(...call);
      if (keys.length < 3) throw new Error('the process has died');
      return answered;
    };
    world = await World.create({ exchange });
    expect(await world.run(book())).toMatchObject({ status: 'SUCCEEDED' });
    expect(keys).toEqual(['book:0', 'book:0', 'book:0']);
  });

  test.each([
    ['has failed it: the next try is another', [500, 500, 200], ['book:0', 'book:1', 'book:2']],
    ['is not at it yet: the next try is the same', [503, 429, 200], ['book:0', 'book:0', 'book:0']],
    ['fails it after it was not at it', [503, 500, 200], ['book:0', 'book:0', 'book:1']],
  ])(
    'has a key that changes only when the service has answered for good; it %s',
    async (_what, statuses, expected) => {
      world = await World.create({ exchange: answering(...statuses) });
      expect(await world.run(book(', retry: { attempts: 3, delay: 1s }'))).toMatchObject({
        status: 'SUCCEEDED',
      });
      expect(keys).toEqual(expected);
    },
  );
});

test('a handler that fails for good fails its step under a name that can be caught', async () => {
  world = await World.create({
    devices: [{ id: 'a' }],
    task: (_token, called) => async (payload, context) => {
      await called(payload, context);
      throw new Throttled();
    },
    behave: () => undefined,
  });
  const view = await world.run(
    'steps:\n  - { id: go, command: go, device: a, timeout: 10m, catch: [{ on: [Lambda.TooManyRequestsException], steps: [{ id: mark, set: { seen: true } }] }] }\n',
  );
  expect(view).toMatchObject({ status: 'SUCCEEDED' });
  expect(new Set(world.sent.map(({ message }) => message.id)).size).toBe(1);
});
