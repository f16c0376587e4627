import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const READY_MS = 60_000;
const END_MS = 8_000;
const LOOK_MS = 50;

/** Starts a server of a rival, with what it prints in a file. */
export function startServer(
  program: string,
  args: readonly string[],
  options: SpawnOptions & { readonly logFile: string },
): ChildProcess {
  const log = openSync(options.logFile, 'w');
  return spawn(program, args, { ...options, stdio: ['ignore', log, log] });
}

/** Ends a server, by force when it does not end by itself. */
export async function endServer(server: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill(signal);
  const timer = setTimeout(() => server.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(timer);
}

/** Resolves when a port on this machine takes connections. */
export async function whenListening(port: number): Promise<void> {
  const end = Date.now() + READY_MS;
  while (!(await takesConnections(port))) {
    if (Date.now() > end) throw new Error(`nothing listens on port ${port} after ${READY_MS / 1_000} s`);
    await pause(LOOK_MS);
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
