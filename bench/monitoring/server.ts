/**
 * One embedded runtime in a process of its own, as a server has it, with a fleet; `run.ts` starts it and asks it for work by
 * messages.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { publishText } from '#api/publish.ts';
import { formatTraceparent, spanIdOf, type TraceContext, traceIdOf } from '#core/trace-context.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';
import { startExecution } from '#executions/start.ts';
import type { Item, Key } from '#table/table.ts';
import { timeMs } from '../measure.ts';
import { CASES } from './cases.ts';
import type { Alternate, Answer, Begin, Request, Round } from './messages.ts';
import { installSwitch } from './switch.ts';

const AT_ONCE = 50;
const FLEET = `
stepwright: 1
fleet: bench
devices: [{ count: ${AT_ONCE}, id: "device-{n}" }]
behaviour: { commands: { slow: { latency: { min: 100ms, max: 300ms } } } }
`;
/** Devices that come and go, of which there is nothing but records, and how often some of them do, in ms. */
const [COMING_DEVICES, TURN_MS] = [10_000, 10];

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

/** Executions that have ended, of those that {@link work} runs. */
let ended = 0;

interface Work {
  readonly workflow: string;
  readonly atOnce: number;
  isOver(): boolean;
}

/** Runs one execution after another for each of so many devices, until it is over. */
async function work(runtime: Runtime, { workflow, atOnce, isOver }: Work): Promise<void> {
  const workOn = async (_: unknown, at: number): Promise<void> => {
    const input = { device: `device-${at + 1}` };
    while (!isOver()) {
      const traceparent = runtime.telemetry && formatTraceparent(newPlace());
      const { id } = await startExecution(runtime.ports, { workflow, input, traceparent });
      const { status } = await runtime.whenSettled(id);
      if (status !== 'SUCCEEDED') throw new Error(`${workflow} ended ${status}`);
      ended++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workOn));
}

/** Has devices come and go, so many in a second, until it is over. Gives how many it were in a second. */
async function comeAndGo(
  { ports: { table } }: Runtime,
  perSecond: number,
  isOver: () => boolean,
): Promise<number> {
  const key = (at: number): Key => ({ pk: `DEVICE#coming-${at % COMING_DEVICES}`, sk: 'META' });
  const registered = (at: number): Item => ({ ...key(at), id: `coming-${at}`, registeredAt: 1, revision: 0 });
  if (perSecond > 0) await table.putAll(Array.from({ length: COMING_DEVICES }, (_, at) => registered(at)));
  const since = performance.now();
  const secondsGone = (): number => (performance.now() - since) / 1_000;
  let changed = 0;
  while (!isOver()) {
    await setTimeout(TURN_MS);
    const changes: Promise<unknown>[] = [];
    for (const due = secondsGone() * perSecond; changed < due; changed++) {
      const turn = Math.floor(changed / COMING_DEVICES);
      const set = { status: turn % 2 === 0 ? 'online' : 'offline', revision: turn + 1 };
      changes.push(table.update({ key: key(changed), set }));
    }
    await Promise.all(changes);
  }
  return changed / secondsGone();
}

async function run(runtime: Runtime, workflow: string, forMs: number): Promise<Answer> {
  const since = performance.now();
  const before = ended;
  const isOver = (): boolean => performance.now() >= since + forMs;
  await work(runtime, { workflow, atOnce: AT_ONCE, isOver });
  return { perSecond: (ended - before) / ((performance.now() - since) / 1_000) };
}

/** Drift of the machine within a round counts as much with events as without: it is off, on, on, off. */
async function alternate(runtime: Runtime, request: Alternate): Promise<Answer> {
  const { rounds, phaseMs } = request;
  let over = false;
  const isOver = (): boolean => over;
  const [endedBefore, writesBefore] = [ended, monitoring.writes];
  const working = work(runtime, { ...request, isOver });
  const coming = comeAndGo(runtime, request.devicesPerSecond, isOver);
  const phase = async (isOn: boolean): Promise<number> => {
    monitoring.isOn = isOn;
    // What is on its way was begun in the phase before.
    await setTimeout(phaseMs / 10);
    const [start, writes] = [performance.now(), monitoring.writes];
    await setTimeout(phaseMs);
    return (monitoring.writes - writes) / ((performance.now() - start) / 1_000);
  };
  const writesPerSecond: Round[] = [];
  for (let at = 0; at < rounds; at++) {
    const off = await phase(false);
    const on = (await phase(true)) + (await phase(true));
    writesPerSecond.push([(off + (await phase(false))) / 2, on / 2]);
  }
  over = true;
  await working;
  const devicesPerSecond = await coming;
  monitoring.isOn = true;
  const writesOfOne = (monitoring.writes - writesBefore) / (ended - endedBefore);
  const executions = writesPerSecond.map(([off, on]): Round => [off / writesOfOne, on / writesOfOne]);
  return { rounds: executions, devicesPerSecond };
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

function answer(runtime: Runtime, request: Exclude<Request, Begin>): Promise<Answer> {
  switch (request.do) {
    case 'run':
      return run(runtime, request.workflow, request.forMs);
    case 'alternate':
      return alternate(runtime, request);
    case 'burst':
      return burst(runtime, request.changes);
  }
}

const monitoring = installSwitch();
let runtime: Runtime | undefined;
process.on('message', async (request: Request) => {
  if (request.do === 'begin') {
    runtime = await begin(request);
    process.send?.({});
    return;
  }
  if (runtime === undefined) throw new Error('the server has not begun');
  process.send?.(await answer(runtime, request));
});
