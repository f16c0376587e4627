import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { round, timeMs } from '../../measure.ts';
import { BenchEngine, FUNCTIONS } from '../embedded.ts';
import type { OwnFigures } from '../figures.ts';
import { chainMachine } from '../machines.ts';

const PAIRS = 11;
const WORKFLOWS = 1_000;
const STEPS = 5;

interface Batch {
  readonly perSecond: number;
  /** Per workflow. */
  readonly cpuMs: number;
}

/**
 * What it costs to be told of every event: two engines in one process, one told and one not, take turns, and the middle of
 * the ratios counts. It is the ratio of CPU: at this load CPU is what bounds throughput, and the disk tells less tales. Who
 * is told makes JSON of each event, as a live display gets it.
 */
export async function measureMonitoring(folder: string, scale: number): Promise<OwnFigures['monitoring']> {
  const workflows = Math.round(WORKFLOWS * scale);
  let bytes = 0;
  const off = await engineIn(join(folder, 'off'));
  const on = await engineIn(join(folder, 'on'), (text) => {
    bytes += text.length;
  });
  const pairs: { readonly off: Batch; readonly on: Batch }[] = [];
  await runBatch(off, workflows);
  await runBatch(on, workflows);
  for (let pair = 0; pair < PAIRS; pair++) {
    pairs.push({ off: await runBatch(off, workflows), on: await runBatch(on, workflows) });
  }
  if (bytes === 0) throw new Error('nobody was told of any event');
  off.close();
  on.close();
  const ratios = pairs.map((pair) => pair.on.cpuMs / pair.off.cpuMs).toSorted((one, other) => one - other);
  return {
    offPerSecond: round(Math.max(...pairs.map((pair) => pair.off.perSecond))),
    onPerSecond: round(Math.max(...pairs.map((pair) => pair.on.perSecond))),
    overheadPercent: round(((ratios[Math.floor(PAIRS / 2)] ?? 1) - 1) * 100),
    pairs: PAIRS,
  };
}

const machine = chainMachine(STEPS);

async function engineIn(folder: string, tell?: (text: string) => void): Promise<BenchEngine> {
  mkdirSync(folder);
  const onEvents = tell && { onEvents: (...told: readonly unknown[]) => tell(JSON.stringify(told)) };
  const bench = new BenchEngine(folder, { functions: FUNCTIONS, ...onEvents });
  await bench.deploy(machine);
  return bench;
}

async function runBatch(bench: BenchEngine, workflows: number): Promise<Batch> {
  const run = (): Promise<unknown> => bench.run(machine, { n: 0 });
  const before = process.cpuUsage();
  const wallMs = await timeMs(() => Promise.all(Array.from({ length: workflows }, run)));
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (workflows * 1_000) / wallMs, cpuMs: (user + system) / 1_000 / workflows };
}
