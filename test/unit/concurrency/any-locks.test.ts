import { expect, test } from 'vitest';
import { leaseOf } from '#concurrency/line.ts';
import { acquireUnits, releaseAll, releaseUnits } from '#concurrency/lock.ts';
import { type Random, seededRandom } from '#core/random.ts';
import { LockBench } from '#support/lock-bench.ts';

/** So many seeds are tried, each with other executions, locks, orders and accidents. */
const SEEDS = 2_000;
const POOLS = ['a', 'b', 'c'];

/** A lock with what is inside of it: one after the other, or side by side. */
interface Lock {
  readonly name: string;
  readonly pools: Readonly<Record<string, number>>;
  readonly priority: number;
  readonly inside: readonly Lock[];
  readonly isParallel: boolean;
}

interface Run {
  readonly id: string;
  /** Branches that can go on, as what they do next. */
  readonly ready: (() => Promise<void>)[];
  /** What is done when a task is answered, by its token. */
  readonly waiting: Map<string, (outcome: string) => void>;
  isOver: boolean;
}

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

function randomLocks(random: Random, depth: number, prefix: string): readonly Lock[] {
  const count = depth === 0 ? 1 + Math.floor(random() * 2) : Math.floor(random() * 3);
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}l${index}`;
    const chosen = POOLS.filter(() => random() < 0.4);
    const taken = chosen.length === 0 ? [pick(random, ['a', 'b', 'c'])] : chosen;
    return {
      name,
      pools: Object.fromEntries(taken.map((pool) => [pool, random() < 0.8 ? 1 : 2])),
      priority: pick(random, [100, 500, 500, 900]),
      inside: depth < 2 ? randomLocks(random, depth + 1, `${name}.`) : [],
      isParallel: random() < 0.3,
    };
  });
}

/** Executions that take and give back as their locks say, and fail where they are given up. */
class Play {
  readonly bench: LockBench;
  readonly runs: Run[] = [];
  victims = 0;
  readonly #random: Random;
  readonly #lock: { readonly limits: Readonly<Record<string, number>> };

  constructor(bench: LockBench, random: Random, limits: Readonly<Record<string, number>>) {
    this.bench = bench;
    this.#random = random;
    this.#lock = { limits };
    bench.onAnswer = (token, outcome) => this.#told(token, outcome);
  }

  start(id: string, locks: readonly Lock[]): void {
    const run: Run = { id, ready: [], waiting: new Map(), isOver: false };
    this.runs.push(run);
    this.#each(run, locks, false, () => {
      run.ready.push(() => this.#end(run));
    });
  }

  /** Does some things at once; false when nothing can be done. */
  async steps(count: number): Promise<boolean> {
    const done = await Promise.all(Array.from({ length: count }, () => this.#step()));
    return done.includes(true);
  }

  async #step(): Promise<boolean> {
    const able = this.runs.filter(({ ready, isOver }) => ready.length > 0 && !isOver);
    const run = able[Math.floor(this.#random() * able.length)];
    const [next] = run?.ready.splice(Math.floor(this.#random() * run.ready.length), 1) ?? [];
    if (next === undefined) return false;
    await next();
    return true;
  }

  /** The process that runs an execution dies: nothing of it is given back. */
  die(): void {
    const alive = this.runs.filter(({ isOver }) => !isOver);
    const run = alive[Math.floor(this.#random() * alive.length)];
    if (run === undefined) return;
    run.isOver = true;
    for (const token of run.waiting.keys()) this.bench.cutOff(token);
    this.bench.end(run.id);
  }

  #each(run: Run, locks: readonly Lock[], isParallel: boolean, then: () => void): void {
    if (isParallel) {
      let left = locks.length;
      const oneLess = (): void => {
        if (--left <= 0) then();
      };
      if (left === 0) then();
      for (const lock of locks) run.ready.push(() => this.#take(run, lock, oneLess));
      return;
    }
    const [first, ...rest] = locks;
    if (first === undefined) then();
    else run.ready.push(() => this.#take(run, first, () => this.#each(run, rest, false, then)));
  }

  async #take(run: Run, lock: Lock, then: () => void): Promise<void> {
    const { pools, priority, name } = lock;
    const request = this.bench.request(run.id, name, { pools: fitting(pools, this.#lock.limits), priority });
    run.waiting.set(request.taskToken, (outcome) => {
      run.ready.push(() => (outcome === 'held' ? this.#inside(run, lock, then) : this.#fail(run, outcome)));
    });
    await acquireUnits(this.bench.ports, request);
    // Some calls come twice.
    if (this.#random() < 0.1) await acquireUnits(this.bench.ports, request);
  }

  async #inside(run: Run, lock: Lock, then: () => void): Promise<void> {
    this.#each(run, lock.inside, lock.isParallel, () => {
      run.ready.push(async () => {
        await this.#expectHeld(run, lock);
        await releaseUnits(this.bench.ports, this.bench.request(run.id, lock.name, { action: 'release' }));
        then();
      });
    });
  }

  /** What has been granted is held until it is given back, whoever else does what meanwhile. */
  async #expectHeld(run: Run, { name, pools }: Lock): Promise<void> {
    if (run.isOver) return;
    for (const pool of Object.keys(pools)) {
      expect(await leaseOf(this.bench.table, pool, `${run.id}:${name}:0`)).toBeDefined();
    }
  }

  /** A failure that nobody catches ends the execution, and its end gives back what it holds. */
  async #fail(run: Run, outcome: string): Promise<void> {
    expect(outcome).toBe('Lock.Deadlock');
    this.victims++;
    await this.#end(run);
  }

  async #end(run: Run): Promise<void> {
    run.isOver = true;
    for (const token of run.waiting.keys()) this.bench.cutOff(token);
    this.bench.end(run.id);
    await releaseAll(this.bench.ports, run.id);
  }

  #told(token: string, outcome: string): void {
    for (const { waiting } of this.runs) {
      waiting.get(token)?.(outcome);
      waiting.delete(token);
    }
  }
}

function fitting(
  pools: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pools).map(([pool, units]) => [pool, Math.min(units, limits[pool] ?? 1)]),
  );
}

async function playSeed(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const bench = new LockBench(random);
  const limits = { a: 1 + Math.floor(random() * 3), b: 1 + Math.floor(random() * 2), c: 1 };
  await bench.pools(limits);
  const play = new Play(bench, random, limits);
  const count = 2 + Math.floor(random() * 4);
  for (let index = 0; index < count; index++) {
    await bench.execution(`e${index}`);
    play.start(`e${index}`, randomLocks(random, 0, ''));
  }
  const isDeadly = random() < 0.3;
  while (await play.steps(1 + Math.floor(random() * 3))) if (isDeadly && random() < 0.05) play.die();
  // Where nobody has died, nothing is waited for: who would wait for ever is found when they get in line.
  while (isDeadly && (await bench.passUntilNext())) while (await play.steps(2));
  expect(play.runs.filter(({ isOver }) => !isOver).map(({ id }) => `seed ${seed}: ${id} hangs`)).toEqual([]);
  // What the dead still hold is given back when somebody waits for it.
  await bench.execution('last');
  await acquireUnits(bench.ports, bench.request('last', 'all', { pools: limits }));
  while (await bench.passUntilNext());
  expect([seed, bench.answers.get('last:all:0')]).toEqual([seed, 'held']);
  await releaseAll(bench.ports, 'last');
  expect([seed, await bench.leftovers(POOLS)]).toEqual([seed, []]);
  return play.victims;
}

test(`over ${SEEDS} seeds nothing hangs and no unit is lost`, { timeout: 60_000 }, async () => {
  let victims = 0;
  for (let seed = 0; seed < SEEDS; seed++) victims += await playSeed(seed);
  expect(victims).toBeGreaterThan(SEEDS / 20);
});
