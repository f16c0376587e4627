import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { postJson, TASKS_OF_ONE } from './kill/protocol.ts';

const KILLS = 50;
/** Executions that run at once. */
const AT_ONCE = 15;
/** Longest time for all lives together, in ms, however slow the machine is. */
const LONGEST_MS = 50_000;

let folder = '';
let children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-kill-'));
});
afterEach(async () => {
  for (const child of children) await kill(child);
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

function bundle(script: string): string {
  const outfile = join(folder, script.replace('.ts', '.mjs'));
  if (existsSync(outfile)) return outfile;
  const entryPoints = [join(import.meta.dirname, 'kill', script)];
  // Some packages ask for what Node has by `require`.
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  buildSync({
    entryPoints,
    outfile,
    banner,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
  });
  return outfile;
}

/** Starts a script, as one file so that it is there soon, and gives the first line that it prints. */
async function run(
  script: string,
  ...args: readonly string[]
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [bundle(script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, line: String(line) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  server.close();
  return port;
}

const LineSchema = z.object({ key: z.string(), payload: z.json(), afterAccepted: z.boolean() });
const DescriptionSchema = z.object({ status: z.string(), output: z.json() }).loose();

test(`after ${KILLS} kills under load nothing is lost, nothing is stuck, and no step is done twice`, async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = join(folder, 'worker.log');
  const worker = await run('worker-process.ts', url, log);
  const workerUrl = `http://127.0.0.1:${worker.line.trim().split(' ')[1]}`;
  let lives = 0;
  const startEngine = () =>
    run('engine-process.ts', join(folder, 'engine.db'), String(port), workerUrl, String(lives++));

  const acknowledged = new Set<string>();
  const ended = new Map<string, string>();
  let asked = 0;
  let isOver = false;
  const untilDone = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch {
        await pause(40);
      }
    }
  };
  const describe = async (name: string) =>
    DescriptionSchema.parse(await postJson(`${url}/describe`, { name, input: null }));
  const client = async (): Promise<void> => {
    while (!isOver) {
      const n = asked++;
      const name = `e${n}`;
      await untilDone(() => postJson(`${url}/start`, { name, input: { n } }));
      acknowledged.add(name);
      for (let isRunning = true; isRunning; ) {
        await pause(50);
        const found = await untilDone(() => describe(name));
        isRunning = found.status === 'RUNNING';
        if (!isRunning) ended.set(name, JSON.stringify(found));
      }
    }
  };

  let engine = await startEngine();
  const clients = Array.from({ length: AT_ONCE }, client);
  // As many starts and ends as kills: a slow machine is given the time for them, and a fast one has more.
  const isLoaded = (kills: number): boolean => Math.min(acknowledged.size, ended.size) > kills;
  const latest = Date.now() + LONGEST_MS;
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(10 + Math.random() * 150);
    while (!isLoaded(kills) && Date.now() < latest) await pause(Math.random() * 20);
    await kill(engine.child);
    engine = await startEngine();
  }
  const [startedBetween, endedBetween] = [acknowledged.size, ended.size];
  isOver = true;
  await Promise.all(clients);

  expect(acknowledged.size).toBe(asked);
  expect(Math.min(startedBetween, endedBetween)).toBeGreaterThanOrEqual(KILLS);
  for (const name of acknowledged) {
    const found = await describe(name);
    expect(found).toMatchObject({ status: 'SUCCEEDED', output: Number(name.slice(1)) });
    expect(JSON.stringify(found), `the result of ${name} has changed`).toBe(ended.get(name));
  }
  const calls = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => LineSchema.parse(JSON.parse(line)));
  expect(calls.filter(({ afterAccepted }) => afterAccepted)).toEqual([]);
  const payloads = new Map<string, string>();
  for (const { key, payload } of calls) {
    const text = JSON.stringify(payload);
    expect(payloads.get(key) ?? text, `${key} was called with other payloads`).toBe(text);
    payloads.set(key, text);
  }
  // Each step under one key, however often it was asked for: a device that knows the key does it once.
  expect(payloads.size).toBe(asked * TASKS_OF_ONE);
  expect(calls.length).toBeGreaterThan(payloads.size);
}, 120_000);
