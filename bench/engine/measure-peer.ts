import { distribution, repeatMs, round, timeMs } from '../measure.ts';
import type { PeerFigures } from './figures.ts';
import { BRANCHES, type ChainLength, type Peer } from './peer.ts';
import { cpuMsOfTree } from './processes.ts';

/** How much is measured of a peer; slow ones are given less to do. */
export interface Amount {
  /** W1: measured, and before them to warm up. */
  readonly latencies: number;
  readonly warmUp: number;
  /** W2: workflows, and how many of them at once. */
  readonly workflows: number;
  readonly concurrency: number;
  /** W3 and W4: measured, after one to warm up. */
  readonly repeats: number;
}

/** Measures all workloads on a peer that runs. The many at once come last: they are to find warm code. Throws on a wrong answer. */
export async function measurePeer(peer: Peer, amount: Amount): Promise<PeerFigures> {
  const fiveStepsMs = distribution(await repeatMs(amount.latencies, amount.warmUp, () => chain(peer, 5)));
  const branchesMs = distribution(await repeatMs(amount.repeats, 1, () => branches(peer)));
  const hundredStepsMs = distribution(await repeatMs(amount.repeats, 1, () => chain(peer, 100)));
  return {
    describe: peer.describe,
    fiveStepsMs,
    atOnce: await measureAtOnce(peer, amount),
    branchesMs,
    hundredStepsMs,
    peakMB: round((process.resourceUsage().maxRSS * 1_024) / 1e6),
  };
}

async function measureAtOnce(peer: Peer, { workflows, concurrency }: Amount): Promise<PeerFigures['atOnce']> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next++ < workflows) await chain(peer, 5);
  };
  const before = cpuMsOfTree(process.pid);
  const wallMs = await timeMs(() => Promise.all(Array.from({ length: concurrency }, work)));
  const after = cpuMsOfTree(process.pid);
  const cpu =
    before === undefined || after === undefined ? {} : { cpuMs: round((after - before) / workflows) };
  return {
    workflows,
    concurrency,
    wallMs: round(wallMs),
    perSecond: round((workflows * 1_000) / wallMs),
    ...cpu,
  };
}

async function chain(peer: Peer, steps: ChainLength): Promise<void> {
  const n = await peer.chain(steps);
  if (n !== steps) throw new Error(`a chain of ${steps} steps gave ${n}`);
}

async function branches(peer: Peer): Promise<void> {
  const n = await peer.branches();
  if (n !== BRANCHES) throw new Error(`${BRANCHES} branches gave ${n}`);
}
