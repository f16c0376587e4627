import type { JsonObject } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { round, timeMs } from '../../measure.ts';
import { BenchEngine } from '../embedded.ts';
import type { OwnFigures } from '../figures.ts';
import { chainMachine } from '../machines.ts';

const PAYLOAD_KIB = 100;
const STEPS = 5;
const WORKFLOWS = 400;
const CONCURRENCY = 20;

/**
 * Workflows whose every step is given 100 KiB and gives them back. A byte counts once for each step that it goes through,
 * although it is journaled several times.
 */
export async function measurePayload(folder: string, scale: number): Promise<OwnFigures['payload']> {
  const workflows = Math.round(WORKFLOWS * scale);
  const machine = chainMachine(STEPS, 'EchoFunctionArn');
  const bench = new BenchEngine(folder, { functions: { EchoFunctionArn: async (payload) => payload } });
  await bench.deploy(machine);
  const input = { items: Array.from({ length: PAYLOAD_KIB }, (_, at) => record(at)) };
  const bytes = Buffer.byteLength(JSON.stringify(input));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next++ < workflows) {
      const output = JSON.stringify(await bench.run(machine, input));
      if (Buffer.byteLength(output) !== bytes) throw new Error('the payload came back with another size');
    }
  };
  const wallMs = await timeMs(() => Promise.all(Array.from({ length: CONCURRENCY }, work)));
  bench.close();
  return {
    payloadKiB: round(bytes / 1_024),
    steps: STEPS,
    workflows,
    wallMs: round(wallMs),
    mbPerSecond: round((bytes * STEPS * workflows) / 1_000 / wallMs),
  };
}

const random = seededRandom(7);

/** Text that no compression makes much smaller. */
function noise(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
}

/** About a KiB of what devices report: names, numbers and text. */
function record(at: number): JsonObject {
  return {
    id: `device-${at}`,
    at: 1_700_000_000_000 + at,
    readings: Array.from({ length: 40 }, (_, index) => (at * 37 + index * 11) / 8),
    status: 'online',
    note: noise(700),
  };
}
