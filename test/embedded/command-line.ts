import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';

/** What a finished process left. */
export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command runs. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line as a child process. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when the process has ended. */
  readonly finished: Promise<Finished>;
  /** Resolves with the first line of stdout or stderr that matches; fails when the process ends before. */
  line(pattern: RegExp): Promise<string>;
}

/** Starts `stepwright` with these arguments. */
export function startStepwright(args: readonly string[], { cwd, env }: Surroundings = {}): RunningCommand {
  const child = spawn(process.execPath, [inject('commandLine'), ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  const finished = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, ...texts }));
  return { child, finished, line: (pattern) => findLine(child, texts, pattern) };
}

function findLine(
  child: ChildProcess,
  texts: { readonly stdout: string; readonly stderr: string },
  pattern: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = `${texts.stdout}\n${texts.stderr}`.split('\n').find((line) => pattern.test(line));
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => {
      look();
      reject(new Error(`ended without a line like ${pattern}:\n${texts.stdout}\n${texts.stderr}`));
    });
    look();
  });
}

/** Runs `stepwright` with these arguments to its end. */
export function stepwright(args: readonly string[], surroundings: Surroundings = {}): Promise<Finished> {
  return startStepwright(args, surroundings).finished;
}
