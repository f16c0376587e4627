import { z } from 'zod';
import { BenchEngine, FUNCTIONS } from '../embedded.ts';
import { BRANCHES_MACHINE, chainMachine } from '../machines.ts';
import { CountSchema, type Peer } from '../peer.ts';

/** The embedded engine: States Language of Tasks that call a function (`lambda:invoke`). */
export async function start(folder: string): Promise<Peer> {
  const bench = new BenchEngine(folder, { functions: FUNCTIONS });
  const chains = { 5: chainMachine(5), 100: chainMachine(100) };
  await bench.deploy(chains[5], chains[100], BRANCHES_MACHINE);
  return {
    describe: 'embedded engine, SQLite with fsync (WAL, synchronous=FULL); JSONata machines of Tasks',
    chain: async (steps) => CountSchema.parse(await bench.run(chains[steps], { n: 0 })).n,
    branches: async () => z.array(z.literal(1)).parse(await bench.run(BRANCHES_MACHINE, {})).length,
    stop: async () => bench.close(),
  };
}
