/**
 * One embedded runtime in a process of its own, as a server has it, with a fleet; `run.ts` starts it and asks it for work by
 * messages.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { publishText } from '#api/publish.ts';
import { formatTraceparent, spanIdOf, type TraceContext, traceIdOf } from '#core/trace-context.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';
import { startExecution } from '#executions/start.ts';
import { timeMs } from '../measure.ts';
import { CASES } from './cases.ts';
import type { Answer, Begin, Request } from './messages.ts';

const AT_ONCE = 50;
const FLEET = `stepwright: 1\nfleet: bench\ndevices: [{ count: ${AT_ONCE}, id: "device-{n}" }]\n`;

async function begin({ folder, monitored, collector }: Begin): Promise<Runtime> {
  const settings = otlpSettings(collector, { OTEL_METRIC_EXPORT_INTERVAL: '5000' });
  const fail = (trouble: unknown): void => {
    throw trouble;
  };
  const { fleet } = readFleet(Source.parse('fleet.yaml', FLEET));
  if (fleet === undefined) throw new Error('the fleet of the benchmark is not valid');
  const runtime = await startRuntime({
    databasePath: join(folder, 'bench.db'),
    broker: { host: '127.0.0.1', port: 0 },
    monitored,
    telemetry: settings && { settings, version: 'bench', report: fail },
    onDefect: fail,
  });
  const devices = await startFleet({ fleet, brokerUrl: runtime.broker.url });
  await runtime.whenOnline(devices.online);
  for (const { text } of CASES) await publishText(runtime.ports, text);
  return runtime;
}

/** Runs one execution after another for each of the devices, until the time is over. */
async function run(runtime: Runtime, workflow: string, forMs: number): Promise<Answer> {
  const since = performance.now();
  const until = since + forMs;
  let ran = 0;
  const runOn = async (_: unknown, at: number): Promise<void> => {
    const input = { device: `device-${at + 1}` };
    while (performance.now() < until) {
      const traceparent = runtime.telemetry && formatTraceparent(newPlace());
      const { id } = await startExecution(runtime.ports, { workflow, input, traceparent });
      const { status } = await runtime.whenSettled(id);
      if (status !== 'SUCCEEDED') throw new Error(`${workflow} ended ${status}`);
      ran++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runOn));
  return { perSecond: ran / ((performance.now() - since) / 1_000) };
}

function newPlace(): TraceContext {
  return { traceId: traceIdOf(randomUUID(), Date.now()), spanId: spanIdOf(randomUUID()), isSampled: true };
}

/** Changes of devices, all at once, each of which is an event; nothing may be lost. */
async function burst({ ports: { table }, monitoring }: Runtime, changes: number): Promise<Answer> {
  const devices = randomUUID();
  const before = monitoring?.log.last ?? 0;
  const wallMs = await timeMs(() =>
    Promise.all(
      Array.from({ length: changes }, (_, at) =>
        table.put({
          ...{ pk: `DEVICE#${devices}-${at}`, sk: 'META', id: `${devices}-${at}`, status: 'offline' },
          ...{ registeredAt: Date.now(), revision: at },
        }),
      ),
    ),
  );
  const kept = (monitoring?.log.last ?? 0) - before;
  if (monitoring !== undefined && kept < changes) throw new Error(`${changes - kept} events are lost`);
  return { wallMs };
}

let runtime: Runtime | undefined;
process.on('message', async (request: Request) => {
  if (request.do === 'begin') {
    runtime = await begin(request);
    process.send?.({});
    return;
  }
  if (runtime === undefined) throw new Error('the server has not begun');
  const answer =
    request.do === 'run'
      ? await run(runtime, request.workflow, request.forMs)
      : await burst(runtime, request.changes);
  process.send?.(answer);
});
