import { BRANCHES, branchWork, increment, type Peer } from '../peer.ts';

/** Plain functions: no engine, nothing kept. */
export async function start(): Promise<Peer> {
  return {
    describe: 'async functions that call each other; nothing is kept',
    chain: async (steps) => {
      let n = 0;
      for (let step = 0; step < steps; step++) ({ n } = await increment(n));
      return n;
    },
    branches: async () => (await Promise.all(Array.from({ length: BRANCHES }, branchWork))).length,
    stop: async () => {},
  };
}
