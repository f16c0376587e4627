import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningCommand, startStepwright } from './command-line.ts';

const KILLS = 8;
const DEVICES = 10;
const COMMANDS_OF_ONE = 3 * DEVICES;

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    maxConcurrency: 4
    steps:
      - { id: one, command: visit, device: "{% $device.id %}", timeout: 60s }
      - { id: two, command: visit, device: "{% $device.id %}", timeout: 60s }
      - { id: three, command: visit, device: "{% $device.id %}", timeout: 60s }
output: "{% $count($each) %}"
`;
const FLEET = `
stepwright: 1
fleet: test
devices: [{ count: ${DEVICES}, id: "d-{n}" }]
behaviour: { commands: { visit: { latency: { min: 20ms, max: 200ms } } } }
`;

let folder = '';
let commands: RunningCommand[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-kill-'));
  writeFileSync(join(folder, 'fleet.yaml'), FLEET);
});
afterEach(async () => {
  for (const { child, finished } of commands) {
    child.kill('SIGKILL');
    await finished;
  }
  commands = [];
  rmSync(folder, { recursive: true, force: true });
});

const ExecutionSchema = z.looseObject({ status: z.string(), output: z.json().optional() });

async function serve(mqttPort: string): Promise<{ command: RunningCommand; url: string; broker: string }> {
  const data = join(folder, 'data');
  const command = startStepwright(['start', '--data', data, '--port', '0', '--mqtt-port', mqttPort]);
  commands.push(command);
  const line = await command.line(/^Stepwright serves /);
  const [, url = '', broker = ''] = /serves (\S+) \(MQTT (\S+),/.exec(line) ?? [];
  return { command, url, broker };
}

async function call(url: string, method: string, path: string, body?: string): Promise<unknown> {
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

test(`a server that is killed ${KILLS} times while devices work ends everything, and no device does anything twice`, async () => {
  let server = await serve('0');
  const mqttPort = new URL(server.broker).port;
  const log = join(folder, 'fleet.log');
  const fleet = startStepwright([
    'fleet',
    join(folder, 'fleet.yaml'),
    '--broker',
    server.broker,
    '--log',
    log,
  ]);
  commands.push(fleet);
  await fleet.line(/connected/);
  await call(server.url, 'POST', '/v1/workflows', WORKFLOW);
  const ids: string[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    const started = await call(server.url, 'POST', '/v1/workflows/tour/executions', '{}');
    ids.push(z.object({ executionId: z.string() }).parse(started).executionId);
    await pause(Math.random() * 1_800);
    server.command.child.kill('SIGKILL');
    await server.command.finished;
    server = await serve(mqttPort);
  }
  for (const id of ids) {
    const read = async () => ExecutionSchema.parse(await call(server.url, 'GET', `/v1/executions/${id}`));
    await expect
      .poll(async () => (await read()).status, { interval: 100, timeout: 60_000 })
      .not.toBe('RUNNING');
    expect(await read()).toMatchObject({ status: 'SUCCEEDED', output: DEVICES });
  }
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const done = lines.map((line) => z.object({ commandId: z.string() }).parse(JSON.parse(line)).commandId);
  expect(new Set(done).size).toBe(done.length);
  expect(done).toHaveLength(ids.length * COMMANDS_OF_ONE);
}, 180_000);
