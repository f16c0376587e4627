/**
 * `npm run bench:monitoring`: what it costs to put events on record, and to send all traces and metrics by OTLP besides. Three
 * embedded runtimes in one process, one that keeps no events, one that does, and one that also tells a collector (a process of
 * its own), take turns with the same workflows, and of each the batch counts that took the least CPU: others on the machine can only
 * make it more. Of OTLP it is the middle of the ratios to the turn before. Then many changes at once, as in a burst. Prints what it
 * finds, and writes bench/results/monitoring.json.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishText } from '#api/publish.ts';
import { formatTraceparent, spanIdOf, type TraceContext, traceIdOf } from '#core/trace-context.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';
import { startExecution } from '#executions/start.ts';
import { round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const PAIRS = Number(process.env['PAIRS'] ?? 15);
const BURST = 10_000;
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

interface Monitored {
  readonly monitored: boolean;
  /** Address of a collector. */
  readonly collector?: string;
}

async function begin(
  stack: AsyncDisposableStack,
  folder: string,
  { monitored, collector }: Monitored,
): Promise<Runtime> {
  mkdirSync(folder);
  const settings = otlpSettings(collector, { OTEL_METRIC_EXPORT_INTERVAL: '5000' });
  const report = (trouble: unknown): void => {
    throw trouble;
  };
  const { fleet } = readFleet(Source.parse('fleet.yaml', FLEET));
  if (fleet === undefined) throw new Error('the fleet of the benchmark is not valid');
  const runtime = stack.adopt(
    await startRuntime({
      databasePath: join(folder, 'bench.db'),
      broker: { host: '127.0.0.1', port: 0 },
      monitored,
      telemetry: settings && { settings, version: 'bench', report },
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
        const traceparent = runtime.telemetry && formatTraceparent(newPlace());
        const { id } = await startExecution(runtime.ports, { workflow: name, input, traceparent });
        const { status } = await runtime.whenSettled(id);
        if (status !== 'SUCCEEDED') throw new Error(`${name} ended ${status}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
  });
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000 / AT_ONCE / TURNS, wallMs: wallMs / AT_ONCE / TURNS };
}

function newPlace(): TraceContext {
  return { traceId: traceIdOf(randomUUID(), Date.now()), spanId: spanIdOf(randomUUID()), isSampled: true };
}

function middle(ratios: readonly number[]): number {
  return ratios.toSorted((one, other) => one - other)[Math.floor(ratios.length / 2)] ?? 1;
}

/** A collector that takes everything and keeps nothing, in a process of its own. */
async function startCollector(stack: AsyncDisposableStack): Promise<string> {
  const program = `require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1', function () { process.send(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  stack.defer(() => void child.kill());
  const [port] = await once(child, 'message');
  return `http://127.0.0.1:${port}`;
}

function least(batches: readonly Batch[]): number {
  return Math.min(...batches.map(({ cpuMs }) => cpuMs));
}

/** Changes of devices, all at once, each of which is an event; nothing may be lost. */
async function burst(runtime: Runtime): Promise<number> {
  const { table } = runtime.ports;
  const before = runtime.monitoring?.log.last ?? 0;
  const wallMs = await timeMs(() =>
    Promise.all(
      Array.from({ length: BURST }, (_, at) =>
        table.put({
          ...{ pk: `DEVICE#burst-${at}`, sk: 'META', id: `burst-${at}`, status: 'offline' },
          ...{ registeredAt: Date.now(), revision: at },
        }),
      ),
    ),
  );
  const kept = (runtime.monitoring?.log.last ?? 0) - before;
  if (runtime.monitoring !== undefined && kept < BURST) throw new Error(`${BURST - kept} events are lost`);
  return wallMs;
}

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
try {
  await using stack = new AsyncDisposableStack();
  const off = await begin(stack, join(folder, 'off'), { monitored: false });
  const on = await begin(stack, join(folder, 'on'), { monitored: true });
  const collector = await startCollector(stack);
  const otlp = await begin(stack, join(folder, 'otlp'), { monitored: true, collector });
  const figures: Record<string, object> = {};
  for (const [title, { name }] of Object.entries(CASES)) {
    for (const warmUp of [off, on, otlp, off, on, otlp]) await runBatch(warmUp, name);
    const pairs: { readonly off: Batch; readonly on: Batch; readonly otlp: Batch }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const first = pair % 2 === 0 ? await runBatch(off, name) : undefined;
      const onBatch = await runBatch(on, name);
      const otlpBatch = await runBatch(otlp, name);
      pairs.push({ off: first ?? (await runBatch(off, name)), on: onBatch, otlp: otlpBatch });
    }
    const [offMs, onMs] = [least(pairs.map((pair) => pair.off)), least(pairs.map((pair) => pair.on))];
    const overheadPercent = round((onMs / offMs - 1) * 100);
    const otlpPercent = round((middle(pairs.map((pair) => pair.otlp.cpuMs / pair.on.cpuMs)) - 1) * 100);
    const otlpCpuMs = round(least(pairs.map((pair) => pair.otlp)));
    figures[title] = {
      offCpuMs: round(offMs),
      onCpuMs: round(onMs),
      overheadPercent,
      otlpCpuMs,
      otlpPercent,
    };
    console.log(`${title.padEnd(46)}${round(offMs)} ms to ${round(onMs)} ms of CPU: ${overheadPercent} %`);
    console.log(
      `${'  and with traces and metrics by OTLP'.padEnd(46)}${otlpCpuMs} ms: ${otlpPercent} % more`,
    );
  }
  await burst(off);
  const [offMs, onMs] = [await burst(off), await burst(on)];
  figures[`${BURST} changes at once`] = { offMs: round(offMs), onMs: round(onMs) };
  console.log(`${`${BURST} changes at once`.padEnd(46)}${round(offMs)} ms to ${round(onMs)} ms, none lost`);
  const report = { date: new Date().toISOString(), machine: thisMachine(), pairs: PAIRS, figures };
  console.log(machineLine(report.machine, report.date));
  writeFileSync(
    join(import.meta.dirname, 'results/monitoring.json'),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
