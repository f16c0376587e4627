import { round, timeMs } from '../../measure.ts';
import { BenchEngine, FUNCTIONS } from '../embedded.ts';
import type { OwnFigures } from '../figures.ts';
import { chainMachine, PASS_MACHINE } from '../machines.ts';

const STORED = [10, 1_000, 100_000];
const STEPS = 5;
/** Measured at each size, and how many of them at once. */
const WORKFLOWS = 1_000;
const CONCURRENCY = 100;
const ROUNDS = 3;

/** What a step costs with few and with many ended executions in the same file: the best of some rounds. */
export async function measureStored(folder: string, scale: number): Promise<OwnFigures['stored']> {
  const machine = chainMachine(STEPS);
  const bench = new BenchEngine(folder, { functions: FUNCTIONS });
  await bench.deploy(machine, PASS_MACHINE);
  // Warm code first, else the first size would pay for it. These are stored, too.
  await many(WORKFLOWS, () => bench.run(machine, { n: 0 }));
  let stored = WORKFLOWS;
  const measured: NonNullable<OwnFigures['stored']>[number][] = [];
  for (const size of STORED.map((size) => Math.max(10, Math.round(size * scale)))) {
    await many(Math.max(0, size - stored), () => bench.run(PASS_MACHINE, null));
    stored = Math.max(stored, size);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const cpu = process.cpuUsage();
      const wallMs = await timeMs(() => many(WORKFLOWS, () => bench.run(machine, { n: 0 })));
      const { user, system } = process.cpuUsage(cpu);
      rounds.push({ wallMs, cpuMs: (user + system) / 1_000 });
      stored += WORKFLOWS;
    }
    const steps = WORKFLOWS * STEPS;
    measured.push({
      stored: size,
      stepUs: round((Math.min(...rounds.map(({ wallMs }) => wallMs)) * 1_000) / steps),
      stepCpuUs: round((Math.min(...rounds.map(({ cpuMs }) => cpuMs)) * 1_000) / steps),
    });
  }
  bench.close();
  return measured;
}

async function many(count: number, run: () => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next++ < count) await run();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}
