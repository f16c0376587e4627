import { expect, test } from 'vitest';
import { breakLease } from '#concurrency/break-lease.ts';
import { acquireUnits } from '#concurrency/lock.ts';
import { LOCKS_START, LockBench } from '#support/lock-bench.ts';

async function contended(): Promise<LockBench> {
  const bench = new LockBench();
  await bench.pools({ p: 1, q: 1 });
  for (const name of ['holder', 'waiter', 'next']) {
    await bench.execution(name);
    await acquireUnits(bench.ports, bench.request(name, 's', { pools: { p: 1 } }));
  }
  return bench;
}

test('what an execution holds that has ended is given back within five minutes of somebody waiting', async () => {
  const bench = await contended();
  bench.end('holder');
  await bench.pass(299_000);
  expect((await bench.standing('p')).held).toEqual(['holder:s']);
  await bench.pass(1_000);
  expect(bench.answers.get('waiter:s:0')).toBe('held');
  expect(await bench.standing('p')).toEqual({ held: ['waiter:s'], line: ['next:s'] });
});

test('an execution that has ended just now is left to give back by itself', async () => {
  const bench = await contended();
  await bench.clock.advance(299_000);
  bench.end('holder');
  await bench.pass(1_000);
  expect((await bench.standing('p')).held).toEqual(['holder:s']);
  await bench.pass(300_000);
  expect((await bench.standing('p')).held).toEqual(['waiter:s']);
});

test('an execution that runs keeps what it holds, however long', async () => {
  const bench = await contended();
  for (let hours = 0; hours < 48; hours++) await bench.pass(3_600_000);
  expect((await bench.standing('p')).held).toEqual(['holder:s']);
});

test('what an execution holds of which nothing is known any more is given back', async () => {
  const bench = await contended();
  await bench.table.delete({ pk: 'EXECUTION#holder', sk: 'META' });
  await bench.pass(300_000);
  expect((await bench.standing('p')).held).toEqual(['waiter:s']);
});

test('units that are taken from a task go to who waits, and are not taken again by a redrive', async () => {
  const bench = await contended();
  await breakLease(bench.ports, 'p', 'holder:s:0');
  expect(bench.answers.get('waiter:s:0')).toBe('held');
  expect(await bench.table.get({ pk: 'EXECUTION#holder', sk: 'HOLD#s:0' })).toMatchObject({ pools: {} });
});

test.each([
  ['who holds nothing of the pool', 'q', 'SW4071'],
  ['of a pool that is not there', 'none', 'SW4047'],
])('nothing can be taken from %s', async (_, pool, code) => {
  const bench = await contended();
  await expect(breakLease(bench.ports, pool, 'holder:s:0')).rejects.toMatchObject({ code });
});

test('a lease tells since when it is held, and a place since when it is waited', async () => {
  const bench = await contended();
  const leases = await bench.table.query({ partition: 'POOL#p', prefix: 'LEASE#' });
  expect(leases.items[0]).toMatchObject({ holder: 'holder:s:0', since: LOCKS_START });
});
