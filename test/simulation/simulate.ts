import type { Json } from '#core/json.ts';
import type { Machine } from '#engine/engine.ts';
import { ActivityWorkers } from './activity-workers.ts';
import { Clients, type Wanted } from './clients.ts';
import { Draw } from './draw.ts';
import { Operators } from './operators.ts';
import { CHILD, randomMachine } from './random-machine.ts';
import { Workers } from './workers.ts';
import { World } from './world.ts';

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  /** What did not hold; empty is good. */
  readonly violations: readonly string[];
  readonly executions: number;
  readonly deaths: number;
  readonly calls: number;
  readonly redrives: number;
  /** Executions whose result was compared with that of a world without faults. */
  readonly compared: number;
  /** How executions ended, such as `SUCCEEDED`. */
  readonly statuses: readonly string[];
  /** The same whenever the same seed is run. */
  readonly digest: string;
}

/** Machines, and the executions of them that are wanted. */
interface Plan {
  readonly machines: readonly Machine[];
  readonly wanted: readonly [Wanted, ...Wanted[]];
  readonly isPure: boolean;
}

/** Runs executions of random machines through faults and crashes until they end. `trace` is told of all that happens. */
export async function simulate(seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const draw = new Draw(seed);
  const plan = planOf(draw);
  const { world, calls } = await run(plan, draw, { trace });
  const compared = plan.isPure ? await compare(plan, draw, world) : 0;
  const { controls, executions } = world.disk.state;
  return {
    ...{ seed, compared, calls, violations: world.checker.violations, deaths: world.deaths },
    executions: executions.size,
    redrives: [...controls.values()].reduce((sum, { redrives }) => sum + redrives.length, 0),
    statuses: plan.wanted.map(({ ref }) => world.disk.execution(ref)?.status ?? 'NONE'),
    digest: world.digest(),
  };
}

function planOf(draw: Draw): Plan {
  const isPure = draw.chance(0.3);
  const child = randomMachine(CHILD, draw.fork(), { startsChildren: false, isPure });
  const machines = [
    child,
    randomMachine('m0', draw.fork(), { isPure }),
    randomMachine('m1', draw.fork(), { isPure }),
  ];
  const wanted: [Wanted, ...Wanted[]] = [want(draw, 0)];
  for (let more = draw.whole(0, 3); more > 0; more--) wanted.push(want(draw, more));
  return { machines, wanted, isPure };
}

function want(draw: Draw, index: number): Wanted {
  return { ref: { machine: draw.one(['m0', 'm1']), name: `e${index}` }, input: { n: index } };
}

interface Running {
  readonly trace?: ((line: string) => void) | undefined;
  readonly isPerfect?: boolean;
}

async function run(
  { machines, wanted, isPure }: Plan,
  draw: Draw,
  { trace, isPerfect = false }: Running,
): Promise<{ readonly world: World; readonly calls: number }> {
  const call = (kind: 'work' | 'ask', key: string, payload: Json) => workers.call(kind, key, payload);
  const world: World = new World(draw, { machines, call, isPure, isPerfect, trace });
  const workers = new Workers(world);
  new Clients(world, machines, wanted);
  if (!isPerfect) {
    new Operators(
      world,
      wanted.map(({ ref }) => ref),
    );
  }
  if (!isPure) new ActivityWorkers(world, workers);
  await world.run();
  return { world, calls: workers.calls };
}

/** Holds results against those of the same executions in a world without faults; how many there were. */
async function compare(plan: Plan, draw: Draw, { disk, checker }: World): Promise<number> {
  const { world: perfect } = await run(plan, draw.fork(), { isPerfect: true });
  for (const violation of perfect.checker.violations) checker.violations.push(`without faults, ${violation}`);
  let compared = 0;
  for (const { ref } of plan.wanted) {
    const row = disk.execution(ref);
    // What an operator has stopped has no result of its own.
    if (row === undefined || row.status === 'ABORTED') continue;
    const told = JSON.stringify([row.status, row.output]);
    const other = perfect.disk.execution(ref);
    const expected = JSON.stringify([other?.status, other?.output]);
    checker.demand(
      told === expected,
      () => `${ref.name} ended with ${told}, without faults with ${expected}`,
    );
    compared++;
  }
  return compared;
}
