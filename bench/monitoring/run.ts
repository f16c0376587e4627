/**
 * `npm run bench:monitoring`: how much throughput it costs to put events on record, and to send all traces and metrics by OTLP besides. Two
 * servers, each in a process of its own with a core of its own, run the same executions at full load at the same moments: one that keeps
 * no events and one that does; one that does and one that tells a collector, too; and two that keep none, by which one sees how far
 * the same differs from itself. They change cores twice a second, as one core may be faster than the other. What counts is the middle of
 * the ratios of all rounds. Then many changes at once, as in a burst. Prints what it finds, and writes bench/results/monitoring.json.
 */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { round } from '../measure.ts';
import { machineLine, thisMachine } from '../this-machine.ts';
import { CASES } from './cases.ts';
import type { Answer, Begin, Request } from './messages.ts';

const GENERATIONS = Number(process.env['GENERATIONS'] ?? 2);
const ROUNDS = Number(process.env['ROUNDS'] ?? 6);
const ROUND_MS = 5_000;
const CHANGE_CORES_MS = 500;
const BURST = 10_000;

/** What a server does besides running executions. */
type Kind = 'off' | 'on' | 'otlp';
/** Executions in a second of two servers in the same round. */
type Round = readonly [one: number, other: number];

const PAIRS = {
  events: ['off', 'on'],
  otlp: ['on', 'otlp'],
  same: ['off', 'off'],
} as const satisfies Readonly<Record<string, readonly [Kind, Kind]>>;

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
  await promisify(execFile)('taskset', ['-a', '-p', '-c', String(core), String(server.pid)]);
}

async function runRound(
  servers: readonly [ChildProcess, ChildProcess],
  workflow: string,
  at: number,
): Promise<Round> {
  let turn = at;
  const change = async (): Promise<void> => {
    turn++;
    await Promise.all([pin(servers[0], turn % 2), pin(servers[1], (turn + 1) % 2)]);
  };
  await change();
  const timer = setInterval(() => void change(), CHANGE_CORES_MS);
  const run = async (server: ChildProcess): Promise<number> =>
    (await ask(server, { do: 'run', workflow, forMs: ROUND_MS })).perSecond ?? Number.NaN;
  const round = await Promise.all([run(servers[0]), run(servers[1])] as const);
  clearInterval(timer);
  return round;
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
}

/** By how many percent the second server runs fewer executions than the first. */
function lessPercent(rounds: readonly Round[]): number {
  return round((1 - middle(rounds.map(([one, other]) => other / one))) * 100);
}

async function bursts(stack: AsyncDisposableStack, folder: string): Promise<{ offMs: number; onMs: number }> {
  const burstOf = async (kind: Kind): Promise<number> => {
    const server = await startServer(stack, join(folder, `burst-${kind}`), { kind, collector: '' });
    const wallMs: number[] = [];
    for (let at = 0; at < 5; at++)
      wallMs.push((await ask(server, { do: 'burst', changes: BURST })).wallMs ?? Number.NaN);
    return round(middle(wallMs));
  };
  return { offMs: await burstOf('off'), onMs: await burstOf('on') };
}

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
const rounds = new Map<string, Round[]>();
const roundsOf = (workflow: string, pair: string): Round[] => {
  const key = `${workflow} ${pair}`;
  const known = rounds.get(key) ?? [];
  rounds.set(key, known);
  return known;
};
const figures: Record<string, object> = {};
try {
  await using all = new AsyncDisposableStack();
  const collector = await startCollector(all);
  for (let generation = 1; generation <= GENERATIONS; generation++) {
    for (const [pair, [one, other]] of Object.entries(PAIRS)) {
      console.log(`generation ${generation} of ${GENERATIONS}: ${one} beside ${other}`);
      await using stack = new AsyncDisposableStack();
      const own = join(folder, `${generation}-${pair}`);
      const servers = [
        await startServer(stack, join(own, 'one'), { kind: one, collector }),
        await startServer(stack, join(own, 'other'), { kind: other, collector }),
      ] as const;
      for (const { name } of CASES) {
        await runRound(servers, name, 0);
        for (let at = 0; at < ROUNDS; at++) roundsOf(name, pair).push(await runRound(servers, name, at));
      }
    }
  }
  for (const { name, title } of CASES) {
    const events = roundsOf(name, 'events');
    const [offPerSecond, onPerSecond] = [
      round(middle(events.map(([off]) => off))),
      round(middle(events.map(([, on]) => on))),
    ];
    const [lessByEvents, lessByOtlp] = [lessPercent(events), lessPercent(roundsOf(name, 'otlp'))];
    const lessByNothing = lessPercent(roundsOf(name, 'same'));
    figures[title] = { offPerSecond, onPerSecond, lessByEvents, lessByOtlp, lessByNothing };
    console.log(title);
    console.log(`  with events        ${offPerSecond}/s to ${onPerSecond}/s: ${lessByEvents} % less`);
    console.log(`  with OTLP besides  ${lessByOtlp} % less`);
    console.log(`  the same twice     ${lessByNothing} % less`);
  }
  const burst = await bursts(all, folder);
  figures[`${BURST} changes at once`] = burst;
  console.log(`${BURST} changes at once: ${burst.offMs} ms to ${burst.onMs} ms, none lost`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const report = {
  ...{ date: new Date().toISOString(), machine: thisMachine() },
  ...{ generations: GENERATIONS, rounds: ROUNDS, figures },
};
console.log(machineLine(report.machine, report.date));
writeFileSync(
  join(import.meta.dirname, '../results/monitoring.json'),
  `${JSON.stringify(report, undefined, 2)}\n`,
);
