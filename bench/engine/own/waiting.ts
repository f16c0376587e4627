import { z } from 'zod';
import { round, timeMs } from '../../measure.ts';
import { BenchEngine } from '../embedded.ts';
import type { OwnFigures } from '../figures.ts';
import { WAITING_MACHINE } from '../machines.ts';

const EXECUTIONS = 10_000;
const AskedSchema = z.object({ token: z.string(), input: z.object({ n: z.number() }) });

/** Memory with many executions that all wait for an answer at the same time; each is answered, and its output checked. */
export async function measureWaiting(folder: string, scale: number): Promise<OwnFigures['waiting']> {
  const executions = Math.round(EXECUTIONS * scale);
  const tokens = new Map<number, string>();
  const bench = new BenchEngine(folder, {
    functions: {
      KeepFunctionArn: async (payload) => {
        const { token, input } = AskedSchema.parse(payload);
        tokens.set(input.n, token);
        return null;
      },
    },
  });
  await bench.deploy(WAITING_MACHINE);
  const baseMB = residentMB();
  const runs: Promise<unknown>[] = [];
  const startedMs = await timeMs(async () => {
    for (let n = 0; n < executions; n++) runs.push(bench.run(WAITING_MACHINE, { n }));
    while (tokens.size < executions) await new Promise((resolve) => setImmediate(resolve));
  });
  const waitingMB = residentMB();
  for (const [n, token] of tokens) void bench.engine.succeedTask(token, { n });
  for (const [n, output] of (await Promise.all(runs)).entries()) {
    if (z.object({ n: z.number() }).parse(output).n !== n)
      throw new Error(`execution ${n} gave another's output`);
  }
  bench.close();
  return {
    executions,
    baseMB: round(baseMB),
    peakMB: round((process.resourceUsage().maxRSS * 1_024) / 1e6),
    kBEach: round(((waitingMB - baseMB) * 1_000) / executions),
    startedPerSecond: round((executions * 1_000) / startedMs),
  };
}

function residentMB(): number {
  return process.memoryUsage.rss() / 1e6;
}
