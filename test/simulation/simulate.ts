import { Clients, type Wanted } from './clients.ts';
import { Draw } from './draw.ts';
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
  /** How executions ended, such as `SUCCEEDED`. */
  readonly statuses: readonly string[];
  /** The same whenever the same seed is run. */
  readonly digest: string;
}

/** Runs executions of random machines through faults and crashes until they end. `trace` is told of all that happens. */
export async function simulate(seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const draw = new Draw(seed);
  const child = randomMachine(CHILD, draw.fork(), { startsChildren: false });
  const machines = [child, randomMachine('m0', draw.fork()), randomMachine('m1', draw.fork())];
  const wanted: [Wanted, ...Wanted[]] = [want(draw, 0)];
  for (let more = draw.whole(0, 3); more > 0; more--) wanted.push(want(draw, more));
  const world: World = new World(
    draw,
    { machines, call: (kind, key, payload) => workers.call(kind, key, payload) },
    trace,
  );
  const workers = new Workers(world);
  new Clients(world, machines, wanted);
  await world.run();
  return {
    seed,
    violations: world.checker.violations,
    executions: world.disk.state.executions.size,
    deaths: world.deaths,
    calls: workers.calls,
    statuses: wanted.map(({ ref }) => world.disk.execution(ref)?.status ?? 'NONE'),
    digest: world.digest(),
  };
}

function want(draw: Draw, index: number): Wanted {
  return { ref: { machine: draw.one(['m0', 'm1']), name: `e${index}` }, input: { n: index } };
}
