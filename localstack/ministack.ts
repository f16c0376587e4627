import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';

/** The version all of this was tried with. */
const MINISTACK = 'ministack==1.5.33';
/** What that release does not do as AWS does, done in its place. */
const REPAIRS = join(import.meta.dirname, 'ministack-repairs');

const ROOT = join(import.meta.dirname, '..');
/** Where the private virtual environment, logs and pid of the emulator live. */
export const EMULATOR_FOLDER = join(ROOT, '.emulator');

/** Where an emulator runs that we started. */
export interface StartedEmulator {
  readonly process: ChildProcess;
  readonly logFile: string;
}

/** A Python of 3.10 or newer, or undefined where there is none. */
function findPython(): string | undefined {
  return ['python3', 'python'].find((name) => {
    try {
      execFileSync(name, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], {
        stdio: 'ignore',
      });
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs MiniStack from PyPI into a private virtual environment, once.
 *
 * @returns the path of its program. Throws SW3030 where there is no Python to do it with, or the installation fails.
 */
export function installMinistack(say: (line: string) => void): string {
  const venv = join(EMULATOR_FOLDER, 'venv');
  const program = join(venv, 'bin', 'ministack');
  if (existsSync(program)) return program;
  const python = findPython();
  if (python === undefined) {
    throw new StepwrightError({
      code: 'SW3030',
      kind: 'unavailable',
      message:
        'there is no emulator to be had: neither AWS_ENDPOINT_URL, nor Docker, nor Python 3.10 with venv',
      hint: 'install python3 and python3-venv, or set AWS_ENDPOINT_URL to an emulator that runs',
    });
  }
  say(`installing ${MINISTACK} into .emulator/venv (once)`);
  mkdirSync(EMULATOR_FOLDER, { recursive: true });
  try {
    execFileSync(python, ['-m', 'venv', venv], { stdio: 'pipe' });
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', MINISTACK], { stdio: 'pipe' });
  } catch (cause) {
    const fault = {
      code: 'SW3030',
      kind: 'unavailable',
      message: `${MINISTACK} could not be installed`,
      hint: 'look at the cause below; .emulator/venv may be removed and tried again',
    } as const;
    throw new StepwrightError(fault, { cause });
  }
  return program;
}

/** Starts MiniStack on loopback; its Lambda functions run on the Node that runs this. */
export function startMinistack(
  program: string,
  port: number,
  options: { readonly detached: boolean },
): StartedEmulator {
  mkdirSync(EMULATOR_FOLDER, { recursive: true });
  const logFile = join(EMULATOR_FOLDER, `ministack-${port}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(program, [], {
    detached: options.detached,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      PYTHONPATH: REPAIRS,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      LOG_LEVEL: 'WARNING',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    },
  });
  return { process: child, logFile };
}

/** How long MiniStack may take to end by itself, in ms: it waits for tasks whose token nobody answers. */
const GRACE_MS = 2_000;
const LOOK_MS = 50;

/** Ends a MiniStack. Says whether it still ran. Nothing of it is kept, so nothing is lost. */
export async function endMinistack(pid: number): Promise<boolean> {
  if (!signal(pid, 'SIGTERM')) return false;
  for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
    await pause(LOOK_MS);
    if (!signal(pid, 0)) return true;
  }
  signal(pid, 'SIGKILL');
  return true;
}

/** Says whether there is such a process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
