import { expect, test } from 'vitest';
import { setPoolLimit } from '#concurrency/limit.ts';
import { acquireUnits, releaseUnits } from '#concurrency/lock.ts';
import { LockBench } from '#support/lock-bench.ts';

interface Comer {
  readonly name: string;
  readonly units?: number;
  readonly priority?: number;
  readonly key?: string;
}

/** Lets some get in line behind one who holds all, then lets each hold for a while; gives the order in which they were served. */
async function servedInOrder(comers: readonly Comer[], limit = 1): Promise<string[]> {
  const bench = new LockBench();
  await bench.pools({ p: limit });
  await acquireUnits(bench.ports, bench.request('first', 's', { pools: { p: limit } }));
  for (const { name, units = 1, ...turn } of comers) {
    await acquireUnits(bench.ports, bench.request(name, 's', { pools: { p: units }, ...turn }));
  }
  const order: string[] = [];
  for (let holder = 'first'; ; ) {
    await releaseUnits(bench.ports, bench.request(holder, 's', { action: 'release' }));
    const [next] = (await bench.standing('p')).held;
    if (next === undefined) return order;
    holder = next.replace(':s', '');
    order.push(holder);
  }
}

const named = (names: string, turn: Omit<Comer, 'name'> = {}): Comer[] =>
  names.split(' ').map((name) => ({ name, ...turn }));

test.each<[string, readonly Comer[], string]>([
  ['who comes first is served first', named('a b c'), 'a b c'],
  [
    'who has more priority goes before',
    [...named('a b', { priority: 100 }), ...named('c d'), ...named('e', { priority: 900 })],
    'e c d a b',
  ],
  [
    'keys take turns, however many stand in line for one',
    [...named('a1 a2 a3', { key: 'a' }), ...named('b1 b2', { key: 'b' }), ...named('c1', { key: 'c' })],
    'a1 b1 c1 a2 b2 a3',
  ],
  [
    'keys take turns among those of one priority',
    [
      ...named('a1 a2', { key: 'a' }),
      ...named('b1', { key: 'b' }),
      ...named('a3 b2 a4', { key: 'a', priority: 900 }),
    ],
    'a3 b2 a4 a1 b1 a2',
  ],
  ['those without a key share one', [...named('x y z'), ...named('k', { key: 'k' })], 'x k y z'],
])('%s', async (_, comers, order) => {
  expect((await servedInOrder(comers)).join(' ')).toBe(order);
});

test('one turn of eight goes to who has waited longest, so that nobody waits for ever', async () => {
  const bench = new LockBench();
  await bench.pools({ p: 1 });
  await acquireUnits(bench.ports, bench.request('first', 's', { pools: { p: 1 } }));
  await acquireUnits(bench.ports, bench.request('low', 's', { pools: { p: 1 }, priority: 0 }));
  let turns = 0;
  for (let holder = 'first'; holder !== 'low'; turns++) {
    // There is always somebody who is more important.
    await acquireUnits(bench.ports, bench.request(`high${turns}`, 's', { pools: { p: 1 }, priority: 999 }));
    await releaseUnits(bench.ports, bench.request(holder, 's', { action: 'release' }));
    holder = (await bench.standing('p')).held[0]?.replace(':s', '') ?? 'low';
    expect(turns).toBeLessThan(8);
  }
  expect(turns).toBe(8);
});

test('who asks for much is not passed by those who ask for less', async () => {
  const order = await servedInOrder([{ name: 'much', units: 3 }, { name: 'less' }], 3);
  expect(order).toEqual(['much', 'less']);
});

test('who is more important than all in line gets what is free at once', async () => {
  const bench = new LockBench();
  await bench.pools({ p: 3 });
  await acquireUnits(bench.ports, bench.request('a', 's', { pools: { p: 2 } }));
  await acquireUnits(bench.ports, bench.request('much', 's', { pools: { p: 2 } }));
  await acquireUnits(bench.ports, bench.request('usual', 's', { pools: { p: 1 } }));
  await acquireUnits(bench.ports, bench.request('urgent', 's', { pools: { p: 1 }, priority: 900 }));
  expect(await bench.standing('p')).toEqual({ held: ['a:s', 'urgent:s'], line: ['much:s', 'usual:s'] });
});

test('a pool made smaller than what is held lets nobody in before enough is given back, and larger, as many as fit', async () => {
  const bench = new LockBench();
  await bench.pools({ p: 3 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await acquireUnits(bench.ports, bench.request(name, 's', { pools: { p: 1 } }));
  }
  await setPoolLimit(bench.ports, 'p', 1);
  for (const [name, held] of [
    ['a', ['b:s', 'c:s']],
    ['b', ['c:s']],
    ['c', ['d:s']],
  ] as const) {
    await releaseUnits(bench.ports, bench.request(name, 's', { action: 'release' }));
    expect((await bench.standing('p')).held).toEqual(held);
  }
  await setPoolLimit(bench.ports, 'p', 9);
  expect(await bench.standing('p')).toEqual({ held: ['d:s', 'e:s'], line: [] });
});

test('a call that comes twice takes nothing twice, and takes nothing away from who was told', async () => {
  const bench = new LockBench();
  await bench.pools({ p: 2 });
  const request = bench.request('a', 's', { pools: { p: 1 } });
  await acquireUnits(bench.ports, request);
  await acquireUnits(bench.ports, request);
  await bench.pass(3_600_000);
  expect(await bench.standing('p')).toEqual({ held: ['a:s'], line: [] });
});

test('who was granted what it waited for, and was not told, is told when the call comes again', async () => {
  const bench = new LockBench();
  await bench.pools({ p: 1 });
  const request = bench.request('a', 's', { pools: { p: 1 } });
  const { succeedTask } = bench.ports.engine;
  const crashing = {
    ...bench.ports,
    engine: { ...bench.ports.engine, succeedTask: () => Promise.reject(new Error('killed')) },
  };
  await expect(acquireUnits(crashing, request)).rejects.toThrow('killed');
  await acquireUnits({ ...bench.ports, engine: { ...bench.ports.engine, succeedTask } }, request);
  expect(bench.answers.size).toBe(0);
  await bench.pass(10_000);
  expect(bench.answers.get('a:s:0')).toBe('held');
  expect(await bench.standing('p')).toEqual({ held: ['a:s'], line: [] });
});
