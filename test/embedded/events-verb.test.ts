import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../localstack/endpoint.ts';
import { type RunningCommand, startStepwright, stepwright } from './command-line.ts';

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: one, set: { x: 1 } }
  - { id: two, command: visit, device: nobody, catch: continue }
`;

let folder = '';
const running: RunningCommand[] = [];
let port = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-events-'));
  writeFileSync(join(folder, 'tour.yaml'), WORKFLOW);
  writeFileSync(join(folder, 'stepwright.yaml'), 'stepwright: 1\n');
  port = await freePort();
});
afterEach(async () => {
  for (const { child, finished } of running.splice(0)) {
    child.kill('SIGKILL');
    await finished;
  }
  rmSync(folder, { recursive: true, force: true });
});

const data = (): string[] => ['--data', join(folder, 'data')];
const endpoint = (): string[] => [...data(), '--endpoint', `http://127.0.0.1:${port}`];

async function startServer(): Promise<RunningCommand> {
  const options = [...data(), '--port', String(port), '--mqtt-port', '0', '--project', folder];
  const server = startStepwright(['start', ...options]);
  running.push(server);
  await server.line(/^Stepwright serves /);
  return server;
}

async function runTour(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/workflows/tour/executions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readFileSync(join(folder, 'data', 'token'), 'utf8').trim()}` },
    body: '{}',
  });
  return z.object({ executionId: z.string() }).parse(await response.json()).executionId;
}

test('who follows is told of everything, also of what happens after the server was killed and came again', async () => {
  const first = await startServer();
  const follow = startStepwright(['events', '--follow', '--json', '--kind', 'execution.*', ...endpoint()]);
  running.push(follow);
  const before = await runTour();
  await follow.line(new RegExp(`execution.succeeded/${before}`));
  first.child.kill('SIGKILL');
  await follow.line(/connection is lost/);
  await startServer();
  const after = await runTour();
  await follow.line(new RegExp(`execution.succeeded/${after}`));
  follow.child.kill('SIGINT');
  const { exitCode, stdout } = await follow.finished;
  const lines = stdout.trim().split('\n');
  // What an execution has taken is read from its history, before the server was killed or not.
  const ids = lines
    .map((line) => z.object({ id: z.string() }).parse(JSON.parse(line)).id)
    .filter((id) => !id.startsWith('execution.measured/'));
  expect(exitCode).toBe(0);
  expect(ids).toEqual([
    ...[`execution.started/${before}`, `execution.succeeded/${before}/0/0`],
    ...[`execution.started/${after}`, `execution.succeeded/${after}/0/0`],
  ]);

  const told = async (): Promise<readonly string[]> => {
    const { stdout } = await stepwright(['events', '--execution', after, ...endpoint()]);
    return stdout.trimEnd().split('\n');
  };
  // How steps went is read from the history, some time after the end.
  await expect.poll(async () => (await told()).length, { interval: 100, timeout: 20_000 }).toBe(5);
  const printed = await told();
  expect(printed.every((line) => line.length <= 80)).toBe(true);
  expect(
    printed.map((line) =>
      line
        .slice(14)
        .replace(/[\d.]+ m?s$/, '')
        .trimEnd(),
    ),
  ).toEqual([
    `execution.started    tour       ${after}`,
    `execution.succeeded  tour       ${after}`,
    `execution.measured   tour       ${after}`,
    'step.succeeded       one',
    'step.failed          two        Device.Unknown',
  ]);
}, 40_000);

test('what is asked wrongly is told with a code', async () => {
  await startServer();
  const unknown = await stepwright(['events', '--kind', 'boom', ...endpoint()]);
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('error[SW4116]')]);
  const cursor = await stepwright(['events', '--after', 'soon', ...endpoint()]);
  expect([cursor.exitCode, cursor.stderr]).toEqual([2, expect.stringContaining('error[SW4003]')]);
}, 30_000);
