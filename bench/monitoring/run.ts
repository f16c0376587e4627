/**
 * `npm run bench:monitoring`: how much throughput it costs to put events on record, and to send all traces and metrics by OTLP besides.
 *
 * Events: one server at full load, in which they are switched off, on, on and off again, a quarter of a second each, over and over; what
 * counts is how much went on with them, against without. What the server does of them when it has time, to tell of steps and to
 * count by hour and day, is switched with them. OTLP: two servers with events at the same moments, each on a core of its own, one
 * of which tells a collector. They change cores twice a second, as one may be faster than the other, and each is new several times, as no two
 * processes are equally fast. Each figure comes with its standard error.
 *
 * One of the cases is of executions that leave the server time, beside a fleet of which 10,000 devices come or go each second.
 *
 * Then many changes at once, as in a burst. Prints what it finds, and writes bench/results/monitoring.json.
 */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { distribution, round } from '../measure.ts';
import { machineLine, thisMachine } from '../this-machine.ts';
import { CASES, type Case } from './cases.ts';
import { type Less, less } from './less.ts';
import type { Answer, Begin, Request, Round } from './messages.ts';

/** Rounds of one second in one server. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 180);
/** The shorter, the more alike the machine is in all of them. Executions may go on from one to the next: it is their writes that count. */
const PHASE_MS = 250;
/** Times that both servers are new. */
const PAIRS = Number(process.env['PAIRS'] ?? 6);
const RUN_MS = 5_000;
const WARM_UP_MS = 5_000;
const CHANGE_CORES_MS = 500;
const BURST = 10_000;

/** What a server does besides running executions. */
type Kind = 'off' | 'on' | 'otlp';

async function ask(server: ChildProcess, request: Request): Promise<Answer> {
  server.send(request);
  const waiting = new AbortController();
  const { signal } = waiting;
  const answer = await Promise.race([once(server, 'message', { signal }), once(server, 'exit', { signal })]);
  waiting.abort();
  if (typeof answer[0] !== 'object') throw new Error(`a server of the benchmark ended with ${answer[0]}`);
  return answer[0];
}

async function startServer(
  stack: AsyncDisposableStack,
  folder: string,
  { kind, collector }: { readonly kind: Kind; readonly collector: string },
): Promise<ChildProcess> {
  const server = fork(join(import.meta.dirname, 'server.ts'));
  stack.defer(() => void server.kill('SIGKILL'));
  mkdirSync(folder, { recursive: true });
  const options: Omit<Begin, 'do' | 'folder'> = {
    monitored: kind !== 'off',
    collector: kind === 'otlp' ? collector : undefined,
  };
  await ask(server, { do: 'begin', folder, ...options });
  return server;
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

/** Has all threads of a server on one core, where the system lets one say that. */
async function pin(server: ChildProcess, core: number): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    await promisify(execFile)('taskset', ['-a', '-p', '-c', String(core), String(server.pid)]);
  } catch (error) {
    // One of its threads has ended while they were gone through.
    if (!String(error).includes('No such process')) throw error;
  }
}

/** What events cost of the executions of a case, and how many devices came or went in a second meanwhile. */
async function eventsOf(
  server: ChildProcess,
  { name: workflow, atOnce, devicesPerSecond }: Case,
): Promise<Less & { readonly devicesPerSecond: number }> {
  await ask(server, { do: 'run', workflow, forMs: WARM_UP_MS });
  const how = { atOnce, devicesPerSecond, rounds: ROUNDS, phaseMs: PHASE_MS };
  const answer = await ask(server, { do: 'alternate', workflow, ...how });
  return { ...less(answer.rounds ?? []), devicesPerSecond: Math.round(answer.devicesPerSecond ?? 0) };
}

async function runBeside(servers: readonly [ChildProcess, ChildProcess], workflow: string): Promise<Round> {
  let turn = 0;
  const change = async (): Promise<void> => {
    turn++;
    await Promise.all([pin(servers[0], turn % 2), pin(servers[1], (turn + 1) % 2)]);
  };
  await change();
  const timer = setInterval(() => void change(), CHANGE_CORES_MS);
  const run = async (server: ChildProcess): Promise<number> =>
    (await ask(server, { do: 'run', workflow, forMs: RUN_MS })).perSecond ?? Number.NaN;
  const round = await Promise.all([run(servers[0]), run(servers[1])] as const);
  clearInterval(timer);
  return round;
}

async function burstMs(server: ChildProcess): Promise<number> {
  const wallMs: number[] = [];
  for (let at = 0; at < 5; at++)
    wallMs.push((await ask(server, { do: 'burst', changes: BURST })).wallMs ?? Number.NaN);
  return distribution(wallMs).p50;
}

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
const figures: Record<string, object> = {};
try {
  await using all = new AsyncDisposableStack();
  const collector = await startCollector(all);
  const start = (stack: AsyncDisposableStack, name: string, kind: Kind): Promise<ChildProcess> =>
    startServer(stack, join(folder, name), { kind, collector });
  const events = new Map<string, Awaited<ReturnType<typeof eventsOf>>>();
  for (const each of CASES) {
    console.log(`${each.title}: events off and on, for ${Math.round((ROUNDS * 4.4 * PHASE_MS) / 1_000)} s`);
    await using stack = new AsyncDisposableStack();
    events.set(each.name, await eventsOf(await start(stack, each.name, 'on'), each));
  }
  const atFullLoad = CASES.filter(({ devicesPerSecond }) => devicesPerSecond === 0);
  const beside = new Map<string, Round[]>(atFullLoad.map(({ name }) => [name, []]));
  for (let pair = 1; pair <= PAIRS; pair++) {
    console.log(`two servers, one of which tells a collector: ${pair} of ${PAIRS}`);
    await using stack = new AsyncDisposableStack();
    const servers = [
      await start(stack, `${pair}-on`, 'on'),
      await start(stack, `${pair}-otlp`, 'otlp'),
    ] as const;
    for (const { name } of atFullLoad) {
      await runBeside(servers, name);
      beside.get(name)?.push(await runBeside(servers, name));
    }
  }
  for (const { name, title } of CASES) {
    const byEvents = events.get(name);
    if (byEvents === undefined) continue;
    const rounds = beside.get(name);
    const byOtlp = rounds && less(rounds);
    const { devicesPerSecond } = byEvents;
    figures[title] = {
      ...{ offPerSecond: round(byEvents.before), onPerSecond: round(byEvents.after) },
      ...{ lessByEvents: round(byEvents.percent), standardError: round(byEvents.standardError) },
      ...(byOtlp && { lessByOtlp: round(byOtlp.percent), standardErrorOfOtlp: round(byOtlp.standardError) }),
      ...(devicesPerSecond === 0 ? {} : { devicesPerSecond }),
    };
    console.log(title);
    console.log(`  ${round(byEvents.before)}/s without events, ${round(byEvents.after)}/s with them`);
    console.log(`  with events        ${inWords(byEvents)}`);
    if (byOtlp !== undefined) console.log(`  with OTLP besides  ${inWords(byOtlp)}`);
    if (devicesPerSecond > 0)
      console.log(`  devices            ${devicesPerSecond} came or went in a second`);
  }
  await using stack = new AsyncDisposableStack();
  const offMs = await burstMs(await start(stack, 'burst-off', 'off'));
  const onMs = await burstMs(await start(stack, 'burst-on', 'on'));
  figures[`${BURST} changes at once`] = { offMs, onMs };
  console.log(`${BURST} changes at once: ${offMs} ms to ${onMs} ms, none lost`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function inWords({ percent, standardError }: Pick<Less, 'percent' | 'standardError'>): string {
  return `${percent.toFixed(1)} % less, ± ${standardError.toFixed(1)}`;
}

const report = {
  ...{ date: new Date().toISOString(), machine: thisMachine() },
  ...{ rounds: ROUNDS, pairs: PAIRS, figures },
};
console.log(machineLine(report.machine, report.date));
writeFileSync(
  join(import.meta.dirname, '../results/monitoring.json'),
  `${JSON.stringify(report, undefined, 2)}\n`,
);
