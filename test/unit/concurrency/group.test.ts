import { describe, expect, test } from 'vitest';
import { enterGroup } from '#concurrency/group.ts';
import { type LockPorts, releaseAll } from '#concurrency/lock.ts';
import { LockBench } from '#support/lock-bench.ts';

type Overflow = 'queue' | 'reject' | 'replace';

/** Executions that come into a group one after the other; a stopped one ends at once. */
class Comers {
  readonly bench = new LockBench();
  readonly stopped: string[] = [];

  async come(
    name: string,
    overflow: Overflow,
    { max = 1, ports = this.bench.ports }: { max?: number; ports?: LockPorts } = {},
  ): Promise<void> {
    await this.bench.execution(name);
    const group = { name: 'g', max, overflow };
    const request = this.bench.request(name, 'workflow acquire', { group });
    await enterGroup(ports, request, { ...group, stop: (execution) => this.#stop(execution) });
  }

  async #stop(execution: string): Promise<void> {
    this.stopped.push(execution);
    this.bench.cutOff(`${execution}:workflow acquire:0`);
    await releaseAll(this.bench.ports, execution);
  }

  standing() {
    return this.bench.standing('group:g').then(({ held, line }) => ({
      held: held.map((one) => one.split(':')[0]),
      line: line.map((one) => one.split(':')[0]),
    }));
  }

  outcome(name: string): string | undefined {
    return this.bench.answers.get(`${name}:workflow acquire:0`);
  }
}

test('queue: one more waits, and comes in its turn', async () => {
  const comers = new Comers();
  for (const name of ['a', 'b', 'c']) await comers.come(name, 'queue', { max: 2 });
  expect(await comers.standing()).toEqual({ held: ['a', 'b'], line: ['c'] });
  await releaseAll(comers.bench.ports, 'a');
  expect([comers.outcome('c'), await comers.standing()]).toEqual(['held', { held: ['b', 'c'], line: [] }]);
});

test('reject: one more fails, and leaves nothing behind', async () => {
  const comers = new Comers();
  await comers.come('a', 'reject');
  await comers.come('b', 'reject');
  expect([comers.outcome('a'), comers.outcome('b')]).toEqual(['held', 'Concurrency.Rejected']);
  expect(await comers.standing()).toEqual({ held: ['a'], line: [] });
});

test('replace: the oldest are stopped, so many as there are too many', async () => {
  const comers = new Comers();
  for (const name of ['a', 'b', 'c']) await comers.come(name, 'replace', { max: 2 });
  expect(comers.stopped).toEqual(['a']);
  expect(await comers.standing()).toEqual({ held: ['b', 'c'], line: [] });
  await comers.come('d', 'replace', { max: 1 });
  expect(comers.stopped).toEqual(['a', 'b', 'c']);
  expect(await comers.standing()).toEqual({ held: ['d'], line: [] });
});

test('the newest execution says how many there may be', async () => {
  const comers = new Comers();
  await comers.come('a', 'queue');
  await comers.come('b', 'queue');
  await comers.come('c', 'queue', { max: 3 });
  expect(await comers.standing()).toEqual({ held: ['a', 'b', 'c'], line: [] });
});

describe('killed at any of its writes and called again, an execution is in the group as if nothing had been,', () => {
  test.each<[Overflow, string]>([
    ['queue', 'in line'],
    ['reject', 'Concurrency.Rejected'],
    ['replace', 'held'],
  ])('when it may %s', async (overflow, expected) => {
    for (let writes = 0; ; writes++) {
      const comers = new Comers();
      await comers.come('a', overflow);
      const killed = await comers
        .come('b', overflow, { ports: killedAfter(comers.bench.ports, writes) })
        .then(
          () => false,
          () => true,
        );
      await comers.come('b', overflow);
      for (let minutes = 0; minutes < 20; minutes++) await comers.bench.pass(60_000);
      const { held, line } = await comers.standing();
      const place = line.includes('b') ? 'in line' : undefined;
      expect([writes, comers.outcome('b') ?? place]).toEqual([writes, expected]);
      expect([held, line]).toEqual(
        { queue: [['a'], ['b']], reject: [['a'], []], replace: [['b'], []] }[overflow],
      );
      if (!killed) return;
    }
  });
});

/** Ports of a process that dies after so many writes and answers. */
function killedAfter(ports: LockPorts, writes: number): LockPorts {
  let left = writes;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left-- <= 0) throw new Error('killed');
    return work();
  };
  const { table, engine } = ports;
  return {
    ...ports,
    table: {
      get: (key) => table.get(key),
      query: (query) => table.query(query),
      putAll: (items) => table.putAll(items),
      put: (item, condition) => alive(() => table.put(item, condition)),
      update: (update) => alive(() => table.update(update)),
      delete: (key, condition) => alive(() => table.delete(key, condition)),
      transact: (all) => alive(() => table.transact(all)),
    },
    engine: {
      ...engine,
      succeedTask: (token, output) => alive(() => engine.succeedTask(token, output)),
      failTask: (token, failure) => alive(() => engine.failTask(token, failure)),
    },
  };
}
