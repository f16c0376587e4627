import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { kill, ServedFolder } from './served-folder.ts';

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

let folder: ServedFolder;
beforeEach(() => {
  folder = new ServedFolder({ 'fleet.yaml': FLEET });
});
afterEach(() => folder.close());

const ExecutionSchema = z.looseObject({ status: z.string(), output: z.json().optional() });

test(`a server that is killed ${KILLS} times while devices work ends everything, and no device does anything twice`, async () => {
  let server = await folder.serve();
  const mqttPort = new URL(folder.broker).port;
  await folder.attachFleet();
  await folder.document('POST', '/v1/workflows', WORKFLOW);
  const ids: string[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    const started = await folder.document('POST', '/v1/workflows/tour/executions', '{}');
    ids.push(z.object({ executionId: z.string() }).parse(started).executionId);
    await pause(Math.random() * 1_800);
    await kill(server);
    server = await folder.serve('--mqtt-port', mqttPort);
  }
  for (const id of ids) {
    const read = async () => ExecutionSchema.parse(await folder.document('GET', `/v1/executions/${id}`));
    await expect
      .poll(async () => (await read()).status, { interval: 100, timeout: 60_000 })
      .not.toBe('RUNNING');
    expect(await read()).toMatchObject({ status: 'SUCCEEDED', output: DEVICES });
  }
  const lines = readFileSync(folder.file('fleet.log'), 'utf8').trimEnd().split('\n');
  const done = lines.map((line) => z.object({ commandId: z.string() }).parse(JSON.parse(line)).commandId);
  expect(new Set(done).size).toBe(done.length);
  expect(done).toHaveLength(ids.length * COMMANDS_OF_ONE);
}, 180_000);
