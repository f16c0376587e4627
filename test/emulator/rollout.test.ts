import { afterEach, expect } from 'vitest';
import { z } from 'zod';
import { ExecutionDocumentSchema } from '#api/documents.ts';
import { Source } from '#definition/source.ts';
import { type RunningFleet, startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { emulatedBroker } from '../../localstack/mqtt.ts';
import { deployed, emulated } from './stacks.ts';

const FINAL = ['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE', 'STOPPED', 'TIMED_OUT'];

let running: RunningFleet | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const { url, token } = deployed();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const document: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(document)}`);
  return document;
}

/** Connects simulated devices to the emulator's own broker, and waits until the API shows them. */
async function connectFleet(site: string, devices: string): Promise<void> {
  const { fleet, diagnostics } = readFleet(
    Source.parse(
      'fleet.yaml',
      `
stepwright: 1
fleet: ${site}
devices:
${devices}
behaviour:
  latency: 10ms
  commands:
    firmware.install: { sets: { firmware: "{% $with.release %}" }, result: { installed: "{% $with.release %}" } }
    health.check: { result: { ok: true, firmware: "{% $device.reported.firmware %}" } }
`,
    ),
  );
  if (fleet === undefined) throw new Error(JSON.stringify(diagnostics));
  const { broker, endpoint } = deployed();
  const connection = broker === undefined ? await emulatedBroker(endpoint) : { brokerUrl: broker };
  running = await startFleet({ fleet, ...connection });
  for (const { id, connected } of fleet.devices) {
    const status = connected ? 'online' : 'offline';
    await expect
      .poll(() => call('GET', `/v1/devices/${id}`).catch(() => undefined), POLL)
      .toMatchObject({ status });
  }
}

const POLL = { interval: 100, timeout: 60_000 };
const StartedSchema = z.object({ executionId: z.string() });

async function run(workflow: string, input: unknown): Promise<z.infer<typeof ExecutionDocumentSchema>> {
  const { executionId } = StartedSchema.parse(
    await call('POST', `/v1/workflows/${workflow}/executions`, { input }),
  );
  const read = async () => ExecutionDocumentSchema.parse(await call('GET', `/v1/executions/${executionId}`));
  await expect.poll(async () => FINAL.includes((await read()).status), POLL).toBe(true);
  return read();
}

const device = (id: string, site: string, more = ''): string =>
  `  - { id: ${id}, capabilities: { ota: 2.0.0 }, tags: { site: ${site} }, reported: { firmware: 1.0.0 }${more} }`;

const statuses = ({ steps }: z.infer<typeof ExecutionDocumentSchema>): Record<string, string> =>
  Object.fromEntries(steps.map(({ path, status }) => [path, status]));

emulated('a rollout started over the API updates the devices of its site, and tells each step', async () => {
  await connectFleet('good', `${device('good-1', 'good')}\n${device('good-2', 'good')}`);

  const execution = await run('firmware-rollout', { release: '2.0.0', site: 'good' });

  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { release: '2.0.0', updated: 2, failed: [] },
  });
  expect(statuses(execution)).toEqual({
    targets: 'SUCCEEDED',
    rollout: 'SUCCEEDED',
    'rollout[0].flash': 'SUCCEEDED',
    'rollout[0].check': 'SUCCEEDED',
    'rollout[1].flash': 'SUCCEEDED',
    'rollout[1].check': 'SUCCEEDED',
  });
  expect(await call('GET', '/v1/devices/good-1')).toMatchObject({ reported: { firmware: '2.0.0' } });
});

emulated('more failures than are tolerated roll every device of the rollout back', async () => {
  const broken = ', behaviour: { commands: { health.check: { result: { ok: false } } } }';
  await connectFleet('bad', `${device('bad-1', 'bad')}\n${device('bad-2', 'bad', broken)}`);

  const execution = await run('firmware-rollout', { release: '2.0.0', site: 'bad' });

  expect(execution).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.ToleranceExceeded' });
  expect(statuses(execution)).toMatchObject({
    'rollout[1].flash': 'COMPENSATED',
    'rollout[1].check': 'FAILED',
  });
  expect(await call('GET', '/v1/devices/bad-1')).toMatchObject({ reported: { firmware: '1.0.0' } });
  expect(await call('GET', '/v1/devices/bad-2')).toMatchObject({ reported: { firmware: '1.0.0' } });
});

emulated(
  'a workflow published over the API fails when its command expires before the device comes',
  async () => {
    await connectFleet('away', device('away-1', 'away', ', connected: false'));
    await call(
      'POST',
      '/v1/workflows',
      `
stepwright: 1
name: wake-up
version: 1.0.0
steps: [{ id: wake, command: wake, device: away-1, timeout: 5s, expires: 2s }]
`,
    );

    const execution = await run('wake-up', {});

    expect(execution).toMatchObject({ status: 'FAILED', error: 'Device.Expired' });
    expect(execution.steps).toMatchObject([
      { path: 'wake', status: 'FAILED', device: 'away-1', attempts: 1 },
    ]);
  },
);
