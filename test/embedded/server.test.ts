import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { stepwright } from './command-line.ts';
import { kill, ServedFolder } from './served-folder.ts';

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

let folder: ServedFolder;
beforeEach(() => {
  folder = new ServedFolder({ 'fleet.yaml': FLEET });
});
afterEach(() => folder.close());

const StartedSchema = z.object({ executionId: z.string() });
const ExecutionSchema = z.looseObject({
  status: z.string(),
  progress: z.object({ done: z.number() }),
  steps: z.array(z.looseObject({ path: z.string(), status: z.string() })),
});

async function listed(path: string): Promise<readonly unknown[]> {
  const document = await folder.document('GET', path);
  return Object.values(z.record(z.string(), z.array(z.unknown())).parse(document)).flat();
}

async function read(id: string): Promise<z.infer<typeof ExecutionSchema>> {
  return ExecutionSchema.parse(await folder.document('GET', `/v1/executions/${id}`));
}

const POLL = { interval: 20, timeout: 15_000 };

test('a server that is killed goes on where it was, and no device does anything twice', async () => {
  const first = await folder.serve();
  const mqttPort = new URL(folder.broker).port;
  const fleet = await folder.attachFleet();
  expect(await fleet.line(/connected/)).toBe(`6 devices of fleet test connected to ${folder.broker}`);
  await expect.poll(async () => (await listed('/v1/devices')).length, POLL).toBe(6);
  expect((await folder.call('POST', '/v1/workflows', WORKFLOW)).status).toBe(201);
  const started = await folder.document('POST', '/v1/workflows/tour/executions', '{}');
  const { executionId } = StartedSchema.parse(started);
  await expect.poll(async () => (await read(executionId)).progress.done, POLL).toBeGreaterThan(4);

  await kill(first);
  await folder.serve('--mqtt-port', mqttPort);

  await expect.poll(async () => (await read(executionId)).status, POLL).toBe('SUCCEEDED');
  const execution = await read(executionId);
  expect(execution['output']).toBe(6);
  expect(execution.steps.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(14);
  const log = readFileSync(folder.file('fleet.log'), 'utf8').trimEnd().split('\n');
  const ids = log.map((line) => z.object({ commandId: z.string() }).parse(JSON.parse(line)).commandId);
  expect(ids).toHaveLength(12);
  expect(new Set(ids).size).toBe(12);
});

test('the data directory is for its owner alone, and one server at a time', async () => {
  await folder.serve();
  expect(statSync(folder.file('data/token')).mode & 0o777).toBe(0o600);
  expect(statSync(folder.file('data')).mode & 0o777).toBe(0o700);
  const other = await stepwright(['start', '--data', folder.file('data'), '--port', '0', '--mqtt-port', '0']);
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain('error[SW3010]');
});

test('a port in use is told with the option that sets another, and nothing is left behind', async () => {
  await folder.serve();
  const { port } = new URL(folder.broker);
  const data = folder.file('other');
  const other = await stepwright(['start', '--data', data, '--port', '0', '--mqtt-port', port]);
  expect(other.exitCode).toBe(1);
  expect(other.stderr).toContain(`port ${port} on 127.0.0.1 is already in use`);
  expect(other.stderr).toContain('--mqtt-port');
});

test('a server publishes the workflows and templates of its project, and ends well when it is asked to', async () => {
  const project = join(import.meta.dirname, '../../workflows');
  const server = await folder.serve('--project', project);
  expect(await listed('/v1/workflows')).toContainEqual(expect.objectContaining({ name: 'firmware-rollout' }));
  const { templates } = z
    .object({ templates: z.array(z.looseObject({ name: z.string() })) })
    .parse(await folder.document('GET', '/v1/templates'));
  expect(templates.map(({ name }) => name)).toContain('zone-check');
  expect((await fetch(`${folder.url}/v1/health`)).status).toBe(401);
  server.child.kill('SIGTERM');
  expect((await server.finished).exitCode).toBe(0);
});

test('a fleet without a broker says so', async () => {
  const file = folder.file('fleet.yaml');
  const { exitCode, stderr } = await stepwright(['fleet', file, '--broker', 'mqtt://127.0.0.1:1']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error[SW3003]');
});
