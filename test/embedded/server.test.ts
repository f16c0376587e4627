import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningCommand, startStepwright, stepwright } from './command-line.ts';

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    maxConcurrency: 2
    steps:
      - { id: one, command: visit, device: "{% $device.id %}", timeout: 20s }
      - { id: two, command: visit, device: "{% $device.id %}", timeout: 20s }
output: "{% $count($each) %}"
`;
const FLEET = `
stepwright: 1
fleet: test
devices: [{ count: 6, id: "d-{n}" }]
behaviour: { commands: { visit: { latency: 60ms } } }
`;

let folder = '';
let commands: RunningCommand[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-server-'));
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

const ReadySchema = z.object({ url: z.string(), broker: z.string() });

interface Server {
  readonly command: RunningCommand;
  readonly url: string;
  readonly broker: string;
}

async function startServer(...options: string[]): Promise<Server> {
  const data = join(folder, 'data');
  const command = startStepwright(['start', '--data', data, '--port', '0', ...options]);
  commands.push(command);
  const line = await command.line(/^Stepwright serves /);
  const [, url, broker] = /serves (\S+) \(MQTT (\S+),/.exec(line) ?? [];
  return { command, ...ReadySchema.parse({ url, broker }) };
}

async function startFleet(broker: string): Promise<void> {
  const log = join(folder, 'fleet.log');
  const fleet = startStepwright(['fleet', join(folder, 'fleet.yaml'), '--broker', broker, '--log', log]);
  commands.push(fleet);
  expect(await fleet.line(/connected/)).toBe(`6 devices of fleet test connected to ${broker}`);
}

function token(): string {
  return readFileSync(join(folder, 'data', 'token'), 'utf8').trim();
}

async function call(url: string, method: string, path: string, body?: string): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token()}` },
    ...(body === undefined ? {} : { body }),
  });
}

const StartedSchema = z.object({ executionId: z.string() });
const ExecutionSchema = z.looseObject({
  status: z.string(),
  progress: z.object({ done: z.number() }),
  steps: z.array(z.looseObject({ path: z.string(), status: z.string() })),
});

async function listed(url: string, path: string): Promise<readonly unknown[]> {
  const document: unknown = await (await call(url, 'GET', path)).json();
  return Object.values(z.record(z.string(), z.array(z.unknown())).parse(document)).flat();
}

async function read(url: string, id: string): Promise<z.infer<typeof ExecutionSchema>> {
  return ExecutionSchema.parse(await (await call(url, 'GET', `/v1/executions/${id}`)).json());
}

const POLL = { interval: 20, timeout: 15_000 };

test('a server that is killed goes on where it was, and no device does anything twice', async () => {
  const first = await startServer('--mqtt-port', '0');
  const mqttPort = new URL(first.broker).port;
  await startFleet(first.broker);
  await expect.poll(async () => (await listed(first.url, '/v1/devices')).length, POLL).toBe(6);
  expect((await call(first.url, 'POST', '/v1/workflows', WORKFLOW)).status).toBe(201);
  const started = await call(first.url, 'POST', '/v1/workflows/tour/executions', '{}');
  const { executionId } = StartedSchema.parse(await started.json());
  await expect.poll(async () => (await read(first.url, executionId)).progress.done, POLL).toBeGreaterThan(4);

  first.command.child.kill('SIGKILL');
  await first.command.finished;
  const second = await startServer('--mqtt-port', mqttPort);

  await expect.poll(async () => (await read(second.url, executionId)).status, POLL).toBe('SUCCEEDED');
  const execution = await read(second.url, executionId);
  expect(execution['output']).toBe(6);
  expect(execution.steps.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(14);
  const log = readFileSync(join(folder, 'fleet.log'), 'utf8').trimEnd().split('\n');
  const ids = log.map((line) => z.object({ commandId: z.string() }).parse(JSON.parse(line)).commandId);
  expect(ids).toHaveLength(12);
  expect(new Set(ids).size).toBe(12);
});

test('the data directory is for its owner alone, and one server at a time', async () => {
  await startServer('--mqtt-port', '0');
  expect(statSync(join(folder, 'data', 'token')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
  const data = join(folder, 'data');
  const other = await stepwright(['start', '--data', data, '--port', '0', '--mqtt-port', '0']);
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain('error[SW3010]');
});

test('a port in use is told with the option that sets another, and nothing is left behind', async () => {
  const { broker } = await startServer('--mqtt-port', '0');
  const { port } = new URL(broker);
  const data = join(folder, 'other');
  const other = await stepwright(['start', '--data', data, '--port', '0', '--mqtt-port', port]);
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain(`port ${port} on 127.0.0.1 is already in use`);
  expect(other.stderr).toContain('--mqtt-port');
});

test('a server publishes the workflows and templates of its project, and ends well when it is asked to', async () => {
  const project = join(import.meta.dirname, '../../workflows');
  const { url, command } = await startServer('--mqtt-port', '0', '--project', project);
  expect(await listed(url, '/v1/workflows')).toContainEqual(
    expect.objectContaining({ name: 'firmware-rollout' }),
  );
  const { templates } = z
    .object({ templates: z.array(z.looseObject({ name: z.string() })) })
    .parse(await (await call(url, 'GET', '/v1/templates')).json());
  expect(templates.map(({ name }) => name)).toContain('zone-check');
  expect((await fetch(`${url}/v1/health`)).status).toBe(401);
  command.child.kill('SIGTERM');
  expect((await command.finished).exitCode).toBe(0);
});

test('a fleet without a broker says so', async () => {
  const file = join(folder, 'fleet.yaml');
  const { exitCode, stderr } = await stepwright(['fleet', file, '--broker', 'mqtt://127.0.0.1:1']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error[SW3003]');
});
