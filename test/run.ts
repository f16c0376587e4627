/**
 * `npm test`: the tests on the emulator, which mostly wait, beside all others. With arguments it is `vitest run` with
 * them. What is said of the emulator comes below the rest, as one piece. Ctrl-C ends both, with all that they started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const EMULATOR: readonly string[] = ['--project', 'emulator'];
const OTHERS: readonly string[] = ['--project', '!emulator'];

const EMULATOR_NICENESS = 5;
/** How long what is told to end may take for it. */
const GRACE_MS = 2_000;

const children: ChildProcess[] = [];

/** Starts Vitest as the leader of a group of processes, so that what it starts can be ended with it. */
function vitest(
  args: readonly string[],
  stdout: 'inherit' | 'pipe',
  report: string | undefined,
): ChildProcess {
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    detached: true,
    // Vitest would take Ctrl-C from a terminal for itself.
    stdio: ['ignore', stdout, stdout],
    env: {
      ...process.env,
      ...(report === undefined ? {} : { STEPWRIGHT_TEST_REPORT: report }),
    },
  });
  children.push(child);
  return child;
}

/** The exit code of a process; that of one which a signal has ended is 1. */
async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'close');
  return typeof code === 'number' ? code : 1;
}

/** Runs all tests; gives the worse exit code. */
async function runAll(): Promise<number> {
  const report = process.env['STEPWRIGHT_TEST_REPORT'];
  const emulator = vitest(EMULATOR, 'pipe', report && `${report}.emulator`);
  // Its limits are minutes, and those of others seconds.
  if (emulator.pid !== undefined) setPriority(emulator.pid, EMULATOR_NICENESS);
  const kept: Buffer[] = [];
  const keep = (chunk: Buffer): void => void kept.push(chunk);
  for (const stream of [emulator.stdout, emulator.stderr]) stream?.on('data', keep);
  const emulatorCode = exitCode(emulator);
  const othersCode = await exitCode(vitest(OTHERS, 'inherit', report));

  process.stdout.write(`\nOn the emulator, at the same time:\n${Buffer.concat(kept)}`);
  for (const stream of [emulator.stdout, emulator.stderr]) {
    stream?.off('data', keep).on('data', (chunk: Buffer) => process.stdout.write(chunk));
  }
  return Math.max(othersCode, await emulatorCode);
}

/** Sends a signal to all that is left of what was started. */
function signalAll(signal: NodeJS.Signals): void {
  for (const { pid } of children) {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // Nothing is left of it.
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    signalAll(signal);
    // The emulator waits for tasks that nobody answers.
    setTimeout(() => signalAll('SIGKILL'), GRACE_MS);
  });
}
const args = process.argv.slice(2);
process.exitCode = args.length === 0 ? await runAll() : await exitCode(vitest(args, 'inherit', undefined));
