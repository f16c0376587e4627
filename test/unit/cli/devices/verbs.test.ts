import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import { type Ran, runProgram } from '#support/run-program.ts';
import { World } from '#support/world.ts';

const TOKEN = 'a-token-that-is-long-enough';
let world: World;
let server: HttpServer;

beforeEach(async () => {
  world = await World.create({
    devices: [
      { id: 'good', capabilities: { ota: '2.1.0' }, zone: 'berlin/roof' },
      { id: 'bad', capabilities: { ota: '2.0.0' }, tags: { line: 'a' }, reported: { firmware: '1' } },
      { id: 'off', capabilities: { ota: '2.0.0' }, status: 'offline' },
    ],
    behave: (device) =>
      device === 'bad' ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' },
  });
  const handle = createApi({ ports: world.ports, version: '1.2.3' });
  const onDefect = (error: unknown): void => void world.defects.push(error);
  server = await startHttpServer({ host: '127.0.0.1', port: 0, token: TOKEN, handle, onDefect });
});
afterEach(async () => {
  await server.close();
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

function verb(...args: string[]): Promise<Ran> {
  return runProgram([...args, '--endpoint', server.url, '--token', TOKEN]);
}

const READ = `
input: { type: object, required: [exclude], properties: { exclude: { type: array, items: { type: string } } } }
steps: [{ id: a, command: x, on: { requires: { ota: '>=2' }, exclude: '{% $input.exclude %}' }, catch: continue }]
`;

/** Five commands that fail, on the device that fails, so that its breaker opens. */
async function openBreaker(): Promise<void> {
  for (let n = 0; n < 5; n++) await world.run(READ, { exclude: ['good'] });
}

test('devices are listed by id', async () => {
  const { exitCode, stdout } = await verb('devices', 'list');
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
    ...['DEVICE', 'bad', 'good', 'off'],
  ]);
  expect(JSON.parse((await verb('devices', 'list', '--json')).stdout).devices).toHaveLength(3);
});

test('a device is shown with its load, its outcomes and its breaker', async () => {
  await openBreaker();
  const { exitCode, stdout } = await verb('devices', 'show', 'bad');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('capabilities  ota 2.0.0');
  expect(stdout).toContain('open commands 0');
  expect(stdout).toMatch(/\nota +0\.0 +5\.0 +5 +\d+ ms/);
  expect(stdout).toContain('kept out      of ota after failures: open until 2026-01-01 00:00:30 UTC');
  const { health } = JSON.parse((await verb('devices', 'show', 'bad', '--json')).stdout);
  expect(health).toMatchObject({
    open: 0,
    abilities: { ota: { successes: 0, failures: 5, inARow: 5, breaker: { state: 'open', opened: 1 } } },
  });
});

test('a device that is not registered is told as such', async () => {
  const { exitCode, stderr } = await verb('devices', 'show', 'none');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('SW4041')]);
});

test('an execution tells how its devices were chosen', async () => {
  await openBreaker();
  const { id } = await world.run(READ, { exclude: [] });
  const { stdout } = await verb('executions', 'show', id);
  expect(stdout.replaceAll(/\n +/g, ' ')).toContain(
    'a → good  least-loaded: 1 of 3 looked at fit, 1 offline, 1 kept out by a breaker',
  );
  const { steps } = JSON.parse((await verb('executions', 'show', id, '--json')).stdout);
  expect(steps[0]).toMatchObject({
    device: 'good',
    route: { chosen: 'good', left: { offline: 1, breaker: 1 } },
  });
});
