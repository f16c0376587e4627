import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { round } from '../measure.ts';
import { PeerFiguresSchema, type PeerRun } from './figures.ts';
import type { Amount } from './measure-peer.ts';
import { endedChildrenCpuMs, type MachineCpu, machineCpu, memoryBelow } from './processes.ts';

/** How long a process may take, in ms. */
const LIMIT_MS = 120_000;
/** What counts as an idle machine, and how long to wait for one before going on all the same, in ms. */
const IDLE = 0.9;
const IDLE_WAIT_MS = 5_000;
const IDLE_LOOK_MS = 500;
const SAMPLE_MS = 50;

const AnswerSchema = z.object({ figures: z.unknown().optional(), failure: z.string().optional() });

/** Runs a peer once, in a process of its own on empty data. Throws when it fails, or gives a wrong answer. */
export async function runPeer(file: string, amount: Amount): Promise<PeerRun> {
  const idleBefore = await waitForIdle();
  const [machine, children] = [machineCpu(), endedChildrenCpuMs()];
  let servers = 0;
  const figures = await inProcess('peer-process.ts', [file, JSON.stringify(amount)], (pid) => {
    servers = Math.max(servers, memoryBelow(pid));
  });
  const used = share(machine, machineCpu(), endedChildrenCpuMs() - children);
  return {
    figures: PeerFiguresSchema.parse(figures),
    serversMB: round(servers / 1e6),
    idleBefore: round(idleBefore),
    foreignCpu: round(used),
  };
}

/** Takes one of Stepwright's own measures in a process of its own. */
export async function runOwn(name: string, scale: number): Promise<unknown> {
  await waitForIdle();
  return inProcess('own-process.ts', [name, String(scale)], () => {});
}

async function inProcess(
  file: string,
  [what = '', how = '']: readonly string[],
  sample: (pid: number) => void,
): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
  const logFile = join(folder, 'output.log');
  const log = openSync(logFile, 'w');
  const child = fork(join(import.meta.dirname, file), [what, folder, how], {
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own, so that servers it leaves behind end with it.
    detached: true,
  });
  const sampler = setInterval(() => sample(child.pid ?? 0), SAMPLE_MS);
  try {
    const { figures, failure } = await answerOf(child, logFile);
    if (failure !== undefined) throw new Error(failure);
    return figures;
  } finally {
    clearInterval(sampler);
    endGroup(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answerOf(child: ChildProcess, logFile: string): Promise<z.infer<typeof AnswerSchema>> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const exit = once(child, 'exit', { signal: limit });
  exit.catch(() => {});
  const first = await Promise.race([
    once(child, 'message', { signal: limit }),
    exit.then(() => undefined),
  ]).catch(() => undefined);
  if (first === undefined) {
    const output = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
    throw new Error(
      limit.aborted ? `it took longer than ${LIMIT_MS / 1_000} s` : `it ended without an answer: ${output}`,
    );
  }
  await exit.catch(() => {});
  return AnswerSchema.parse(first[0]);
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}

/** Waits until the machine is idle, or for as long as that is worth; the idle share of the last look. */
async function waitForIdle(): Promise<number> {
  for (let waited = 0; ; waited += IDLE_LOOK_MS) {
    const before = machineCpu();
    await pause(IDLE_LOOK_MS);
    const idle = 1 - share(before, machineCpu(), 0);
    if (idle >= IDLE || waited >= IDLE_WAIT_MS) return idle;
  }
}

/** Share of all cores that was used between two moments, but for `ownMs` of it. */
function share(before: MachineCpu, after: MachineCpu, ownMs: number): number {
  const total = after.totalMs - before.totalMs;
  return total === 0 ? 0 : Math.max(0, (after.busyMs - before.busyMs - ownMs) / total);
}
