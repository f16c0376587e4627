import { expect, test } from 'vitest';
import { acquireUnits, releaseAll, releaseUnits } from '#concurrency/lock.ts';
import { LockBench } from '#support/lock-bench.ts';
import { taskKeys } from '#table/keys.ts';

async function bench(limits: Record<string, number>): Promise<LockBench> {
  const made = new LockBench();
  await made.pools(limits);
  return made;
}

const take = (
  on: LockBench,
  execution: string,
  path: string,
  pools: Record<string, number>,
  priority?: number,
) =>
  acquireUnits(
    on.ports,
    on.request(execution, path, { pools, ...(priority === undefined ? {} : { priority }) }),
  );

test('of two that take two pools in another order, the one that came last is given up, and the other goes on', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'one', 'x', { a: 1 });
  await take(on, 'two', 'y', { b: 1 });
  await take(on, 'one', 'x.in', { b: 1 });
  await on.clock.advance(1_000);
  await take(on, 'two', 'y.in', { a: 1 });
  expect(Object.fromEntries(on.answers)).toEqual({
    'one:x:0': 'held',
    'two:y:0': 'held',
    'two:y.in:0': 'Lock.Deadlock',
  });
  expect(on.causes.get('two:y.in:0')).toBe(
    'a deadlock: y.in of two waits for "a", which x of one holds; x.in of one waits for "b", which y of two holds',
  );
  await releaseAll(on.ports, 'two');
  expect(on.answers.get('one:x.in:0')).toBe('held');
});

test('the one of the least priority is given up, although it came first', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'one', 'x', { a: 1 });
  await take(on, 'two', 'y', { b: 1 });
  await take(on, 'one', 'x.in', { b: 1 }, 100);
  await take(on, 'two', 'y.in', { a: 1 }, 200);
  expect(on.answers.get('one:x.in:0')).toBe('Lock.Deadlock');
  await releaseUnits(on.ports, on.request('one', 'x', { action: 'release' }));
  expect(on.answers.get('two:y.in:0')).toBe('held');
});

test('an execution that holds all of a pool and asks for more is given up by itself', async () => {
  const on = await bench({ a: 2 });
  await take(on, 'one', 'x', { a: 2 });
  await take(on, 'one', 'x.in', { a: 1 });
  expect(on.answers.get('one:x.in:0')).toBe('Lock.Deadlock');
  expect(on.causes.get('one:x.in:0')).toBe('a deadlock: x.in of one waits for "a", which x of one holds');
});

test('several that each hold a part of one pool and ask for another part of it are found', async () => {
  const on = await bench({ a: 3 });
  for (const name of ['one', 'two', 'three']) await take(on, name, 'x', { a: 1 });
  for (const name of ['one', 'two']) await take(on, name, 'x.in', { a: 1 });
  expect([...on.answers.values()]).toEqual(['held', 'held', 'held']);
  await take(on, 'three', 'x.in', { a: 1 });
  expect([...on.answers.values()].filter((outcome) => outcome === 'Lock.Deadlock')).toHaveLength(1);
});

test('two branches of one execution can wait for each other', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'one', 'p.left.x', { a: 1 });
  await take(on, 'one', 'p.right.y', { b: 1 });
  await take(on, 'one', 'p.left.x.in', { b: 1 });
  await take(on, 'one', 'p.right.y.in', { a: 1 });
  expect([...on.answers.values()].filter((outcome) => outcome === 'Lock.Deadlock')).toHaveLength(1);
});

test('a wait in an execution that is called and waited for holds up what its caller holds', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'parent', 'x', { a: 1 });
  const call = { id: 'parent:x.call:0', execution: 'child', isAwaited: true };
  await on.table.put({ ...taskKeys.child(call.id), ...call });
  await take(on, 'other', 'y', { b: 1 });
  await take(on, 'other', 'y.in', { a: 1 });
  await take(on, 'child', 'z', { b: 1 }, 0);
  expect(on.answers.get('child:z:0')).toBe('Lock.Deadlock');
  await releaseAll(on.ports, 'parent');
  expect(on.answers.get('other:y.in:0')).toBe('held');
});

test('who holds the whole of a concurrency group is inside of it with all its steps', async () => {
  const on = await bench({ 'group:g': 1, a: 1 });
  await take(on, 'one', 'workflow acquire', { 'group:g': 1 });
  await take(on, 'two', 'x', { a: 1 });
  await take(on, 'two', 'x.call', { 'group:g': 1 });
  await on.clock.advance(1_000);
  await take(on, 'one', 'y', { a: 1 });
  expect(on.answers.get('one:y:0')).toBe('Lock.Deadlock');
});

test('who stands behind the first in line, which waits for what it holds itself, is found', async () => {
  const on = await bench({ a: 2 });
  await take(on, 'one', 'x', { a: 1 });
  // The first in line wants more than will be free, and who holds the rest stands behind it.
  await take(on, 'two', 'y', { a: 2 });
  await on.clock.advance(1_000);
  await take(on, 'one', 'x.in', { a: 1 });
  expect(on.answers.get('one:x.in:0')).toBe('Lock.Deadlock');
  expect(on.causes.get('one:x.in:0')).toContain('x.in of one waits for "a"');
  await releaseAll(on.ports, 'one');
  expect(on.answers.get('two:y:0')).toBe('held');
});

test('those who only wait for somebody that works are left alone', async () => {
  const on = await bench({ a: 1, b: 1, c: 1 });
  await take(on, 'one', 'x', { a: 1 });
  await take(on, 'two', 'y', { b: 1 });
  await take(on, 'two', 'y.in', { a: 1 });
  await take(on, 'three', 'z', { c: 1 });
  await take(on, 'three', 'z.in', { b: 1 });
  // A step beside a lock holds nothing up that is not around it.
  await take(on, 'one', 'beside', { c: 1 });
  expect([...on.answers.values()].filter((outcome) => outcome !== 'held')).toEqual([]);
});

test('a task that was cut off leaves the line in place of somebody else', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'one', 'x', { a: 1 });
  await take(on, 'two', 'y', { b: 1 });
  await take(on, 'one', 'x.in', { b: 1 });
  on.cutOff('one:x.in:0');
  await take(on, 'two', 'y.in', { a: 1 });
  expect(on.answers.get('two:y.in:0')).toBeUndefined();
  await releaseUnits(on.ports, on.request('one', 'x', { action: 'release' }));
  expect(on.answers.get('two:y.in:0')).toBe('held');
});

test('a victim that was not told before a crash is told when it is looked at', async () => {
  const on = await bench({ a: 1 });
  await take(on, 'one', 'x', { a: 1 });
  const failTask = () => Promise.reject(new Error('killed'));
  const crashing = { ...on.ports, engine: { ...on.ports.engine, failTask } };
  await expect(acquireUnits(crashing, on.request('one', 'x.in', { pools: { a: 1 } }))).rejects.toThrow(
    'killed',
  );
  await on.pass(5 * 60_000);
  expect(on.answers.get('one:x.in:0')).toBe('Lock.Deadlock');
  await releaseAll(on.ports, 'one');
  expect(await on.leftovers(['a'])).toEqual([]);
});

test('a line of thousands is looked at in bounded time', async () => {
  const on = await bench({ a: 1, b: 1 });
  await take(on, 'holder', 'x', { a: 1 });
  for (let index = 0; index < 1_000; index++) await take(on, `e${index}`, 'x', { a: 1 });
  await take(on, 'other', 'y', { b: 1 });
  await take(on, 'holder', 'x.in', { b: 1 });
  const started = performance.now();
  await take(on, 'other', 'y.in', { a: 1 }, 900);
  expect(performance.now() - started).toBeLessThan(2_000);
  expect([on.answers.get('holder:x.in:0'), on.answers.get('other:y.in:0')]).toEqual([
    'Lock.Deadlock',
    undefined,
  ]);
}, 60_000);
