/**
 * `npm run bench:monitoring`: what it costs to put events on record. Two embedded runtimes in one process, one that keeps
 * events and one that does not, take turns with the same workflows, and the middle of the ratios of CPU counts: at this load
 * CPU bounds throughput, and the disk tells less tales. Prints a table, and writes bench/results/monitoring.json.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishText } from '#api/publish.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { startExecution } from '#executions/start.ts';
import { round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const PAIRS = Number(process.env['PAIRS'] ?? 9);
const AT_ONCE = 50;
/** How often each of them runs in one batch. */
const TURNS = 3;
const FLEET = 'stepwright: 1\nfleet: bench\ndevices: [{ count: 50, id: "device-{n}" }]\n';
const CASES = {
  'five commands, each to a device over MQTT': workflow(
    'commands',
    (at) => `{ id: step${at}, command: ping, device: "{% $input.device %}" }`,
  ),
  'five steps that only set': workflow('sets', (at) => `{ id: step${at}, set: { x: ${at} } }`),
};

function workflow(
  name: string,
  step: (at: number) => string,
): { readonly name: string; readonly text: string } {
  const steps = [1, 2, 3, 4, 5].map((at) => `  - ${step(at)}`).join('\n');
  return { name, text: `stepwright: 1\nname: ${name}\nversion: 1.0.0\nsteps:\n${steps}\n` };
}

interface Batch {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function begin(stack: AsyncDisposableStack, folder: string, monitored: boolean): Promise<Runtime> {
  mkdirSync(folder);
  const { fleet } = readFleet(Source.parse('fleet.yaml', FLEET));
  if (fleet === undefined) throw new Error('the fleet of the benchmark is not valid');
  const runtime = stack.adopt(
    await startRuntime({
      databasePath: join(folder, 'bench.db'),
      broker: { host: '127.0.0.1', port: 0 },
      monitored,
      onDefect: (error) => {
        throw error;
      },
    }),
    (started) => started.close(),
  );
  const devices = stack.adopt(await startFleet({ fleet, brokerUrl: runtime.broker.url }), (started) =>
    started.stop(),
  );
  await runtime.whenOnline(devices.online);
  for (const { text } of Object.values(CASES)) await publishText(runtime.ports, text);
  return runtime;
}

/** Runs executions, as many at once as there are devices, each with one of its own. */
async function runBatch(runtime: Runtime, name: string): Promise<Batch> {
  const before = process.cpuUsage();
  const wallMs = await timeMs(async () => {
    const run = async (_: unknown, at: number): Promise<void> => {
      const input = { device: `device-${at + 1}` };
      for (let turn = 0; turn < TURNS; turn++) {
        const { id } = await startExecution(runtime.ports, { workflow: name, input });
        const { status } = await runtime.whenSettled(id);
        if (status !== 'SUCCEEDED') throw new Error(`${name} ended ${status}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
  });
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000 / AT_ONCE / TURNS, wallMs: wallMs / AT_ONCE / TURNS };
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
try {
  await using stack = new AsyncDisposableStack();
  const off = await begin(stack, join(folder, 'off'), false);
  const on = await begin(stack, join(folder, 'on'), true);
  const figures: Record<string, object> = {};
  for (const [title, { name }] of Object.entries(CASES)) {
    for (const warmUp of [off, on, off, on]) await runBatch(warmUp, name);
    const pairs: { readonly off: Batch; readonly on: Batch }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const first = pair % 2 === 0 ? await runBatch(off, name) : undefined;
      const onBatch = await runBatch(on, name);
      pairs.push({ off: first ?? (await runBatch(off, name)), on: onBatch });
    }
    const [offMs, onMs] = [
      middle(pairs.map((pair) => pair.off.cpuMs)),
      middle(pairs.map((pair) => pair.on.cpuMs)),
    ];
    const percent = (middle(pairs.map((pair) => pair.on.cpuMs / pair.off.cpuMs)) - 1) * 100;
    const wall = (middle(pairs.map((pair) => pair.on.wallMs / pair.off.wallMs)) - 1) * 100;
    figures[title] = {
      ...{ offCpuMs: round(offMs), onCpuMs: round(onMs), overheadPercent: round(percent) },
      wallOverheadPercent: round(wall),
    };
    console.log(
      `${title.padEnd(46)}${round(offMs)} ms → ${round(onMs)} ms CPU: ${round(percent)} %, wall ${round(wall)} %`,
    );
  }
  const report = { date: new Date().toISOString(), machine: thisMachine(), pairs: PAIRS, figures };
  console.log(machineLine(report.machine, report.date));
  writeFileSync(
    join(import.meta.dirname, 'results/monitoring.json'),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
