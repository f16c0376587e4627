/** `npm run emulator`: starts an emulated AWS on port 4566, or says which one runs; `npm run emulator -- stop` ends it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { type EmulatorName, identifyEmulator, waitForEmulator } from './endpoint.ts';
import { EMULATOR_FOLDER, endMinistack, installMinistack, startMinistack } from './ministack.ts';

const PORT = 4566;
const PID_FILE = join(EMULATOR_FOLDER, 'pid');
const COMPOSE_FILE = join(import.meta.dirname, 'compose.yaml');
const endpoint = process.env['AWS_ENDPOINT_URL'] ?? `http://127.0.0.1:${PORT}`;
const say = (line: string): void => console.error(line);

function hasDocker(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0;
}

async function startByDocker(): Promise<EmulatorName> {
  execFileSync('docker', ['compose', '--file', COMPOSE_FILE, 'up', '--detach'], { stdio: 'inherit' });
  return waitForEmulator(endpoint, 120_000);
}

async function startByPython(): Promise<EmulatorName> {
  const program = installMinistack(say);
  const { process: child, logFile } = startMinistack(program, PORT, { detached: true });
  const name = await waitForEmulator(endpoint, 30_000, () => child.exitCode !== null);
  writeFileSync(PID_FILE, String(child.pid));
  child.unref();
  say(`its log is ${logFile}`);
  return name;
}

async function start(): Promise<void> {
  const running = await identifyEmulator(endpoint);
  if (running !== undefined) {
    say(`${running} already runs at ${endpoint}`);
    return;
  }
  if (process.env['AWS_ENDPOINT_URL'] !== undefined) {
    await waitForEmulator(endpoint, 1);
  }
  const name = hasDocker() ? await startByDocker() : await startByPython();
  say(`${name} runs at ${endpoint}; next: npm run deploy:emulator; end it: npm run emulator -- stop`);
}

async function stop(): Promise<void> {
  if (!existsSync(PID_FILE)) {
    say('no emulator was started from here');
    return;
  }
  const hasRun = await endMinistack(Number(readFileSync(PID_FILE, 'utf8')));
  say(hasRun ? 'the emulator has been stopped' : 'the emulator had ended already');
  rmSync(PID_FILE);
}

try {
  if (process.argv[2] === 'stop') await stop();
  else await start();
} catch (error) {
  if (!(error instanceof StepwrightError)) throw error;
  say(`error[${error.code}]: ${error.message}\n  ${error.hint ?? ''}`);
  process.exitCode = 1;
}
