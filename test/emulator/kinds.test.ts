import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { DeviceDetailSchema } from '#api/device-documents.ts';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call, connectFleet, POLL, run, settled, start } from './client.ts';
import { deployed, emulated, isEmulated } from './stacks.ts';

const PLANT = readFileSync(join(import.meta.dirname, '../../workflows/fleets/plant.yaml'), 'utf8');

let fleet: RunningFleet | undefined;
let service: Server | undefined;
const hooked: { readonly id: unknown; readonly signature: unknown; readonly body: string }[] = [];
const asked: { readonly path: string | undefined; readonly authorization: string | undefined }[] = [];

beforeAll(async () => {
  if (!isEmulated) return;
  fleet = await connectFleet(PLANT);
  const server = createServer((request, response) => {
    const { url, headers } = request;
    const { authorization } = headers;
    if (url === '/hook')
      return void text(request).then((body) => {
        const { 'webhook-id': id, 'webhook-signature': signature } = headers;
        response.writeHead(hooked.push({ id, signature, body }) === 1 ? 503 : 200).end();
      });
    asked.push({ path: url, authorization });
    response.setHeader('content-type', 'application/json').end('{"gusts":75}');
  });
  await new Promise<void>((resolve) => server.listen(deployed().servicePort, '127.0.0.1', resolve));
  service = server;
}, 90_000);

afterAll(async () => {
  service?.close();
  await fleet?.stop();
});

/** Answers the approval of a step as soon as it is asked for. */
async function answer(id: string, path: string, decision: string): Promise<void> {
  const approval = `/v1/approvals/${encodeURIComponent(`${id}:${path}:0`)}`;
  await expect
    .poll(() => call('GET', approval).catch(() => undefined), POLL)
    .toMatchObject({ status: 'OPEN' });
  await call('POST', approval, { decision, by: 'ann' });
}

emulated('events, a loop and units of a pool: a charging session', async () => {
  const id = await start('charging-session', { station: 'station-1', kwh: 10 });
  const tell = (name: string) =>
    call('POST', '/v1/events', { name, data: { device: 'station-1', vehicle: 'B-SW 1' } });
  await expect.poll(() => tell('vehicle.connected'), POLL).toEqual({ taken: 1 });
  await expect.poll(() => tell('vehicle.left'), POLL).toEqual({ taken: 1 });
  expect(await settled(id)).toMatchObject({
    status: 'SUCCEEDED',
    output: { charged: 10, came: true, vehicle: 'B-SW 1' },
  });
  expect(await call('GET', '/v1/pools/grid')).toMatchObject({ limit: 2, used: 0 });
});

emulated('the time of a block: one is through, one is cut off', async () => {
  const source = `stepwright: 1
name: time-limits
version: 1.0.0
steps:
  - { id: quick, timeout: 5m, parallel: { only: [{ id: set, set: { done: true } }] } }
  - id: slow
    timeout: 2s
    forEach: "{% [1] %}"
    steps: [{ id: never, wait: { event: { name: never } } }]
    catch: [{ on: [Step.Timeout], steps: [{ id: late, set: { why: "{% $error.cause %}" } }] }]
output: { done: "{% $set.done %}", why: "{% $late.why %}" }
`;
  await call('POST', '/v1/workflows', source);
  expect(await run('time-limits', {})).toMatchObject({
    status: 'SUCCEEDED',
    output: { done: true, why: '"slow" was not through within 2 s' },
  });
});

emulated('a decision that has become a Choice state, and inputs that it leaves to the function', async () => {
  const decision = `stepwright: 1
decision: pace
version: 1.0.0
inputs: { devices: { type: integer, minimum: 0 }, kind: { type: string, enum: [pump, valve] } }
outputs: { percent: { type: number } }
table:
  rules:
    - { when: { devices: "<= 5" }, give: { percent: 100 } }
    - { when: { devices: "(5..100]", kind: [valve] }, give: { percent: 50 } }
  otherwise: { percent: 25 }
`;
  const source = `stepwright: 1
name: paced
version: 1.0.0
input: { type: object, properties: { devices: {}, kind: {} } }
steps: [{ id: pace, decide: { decision: pace, input: { devices: "{% $input.devices %}", kind: "{% $input.kind %}" } } }]
output: "{% $pace %}"
`;
  await call('PUT', '/v1/decisions/pace', decision);
  await call('POST', '/v1/workflows', source);
  expect(await run('paced', { devices: 50, kind: 'valve' })).toMatchObject({
    output: { percent: 50 },
    steps: [{ status: 'SUCCEEDED', attempts: 1 }],
  });
  expect(await run('paced', { devices: 50, kind: 'pump' })).toMatchObject({ output: { percent: 25 } });
  expect(await run('paced', { devices: 2.5, kind: 'pump' })).toMatchObject({
    status: 'FAILED',
    error: 'Decision.InvalidInput',
    steps: [{ status: 'FAILED', error: 'Decision.InvalidInput' }],
  });
});

emulated('a command that waits for a device, which gets what it asks for', async () => {
  const source = `stepwright: 1
name: patient
version: 1.0.0
steps:
  - id: look
    command: camera.look
    await: none
    on: { requires: { camera: ">=1" }, whenNone: { wait: 10m, escalate: ops } }
`;
  await call('POST', '/v1/workflows', source);
  const id = await start('patient', {});
  const day = new Date().toISOString().slice(0, 10);
  await expect
    .poll(() => call('GET', `/v1/notifications?day=${day}&limit=100`), POLL)
    .toMatchObject({
      notifications: expect.arrayContaining([expect.objectContaining({ topic: 'routing' })]),
    });
  expect(await call('GET', `/v1/executions/${id}`)).toMatchObject({ status: 'RUNNING' });
  const { capabilities } = DeviceDetailSchema.parse(await call('GET', '/v1/devices/pump-5'));
  await call('PUT', '/v1/devices/pump-5', { capabilities: { ...capabilities, camera: '1.0.0' } });
  expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED', steps: [{ device: 'pump-5' }] });
});

emulated('approvals, given and refused: an access request', async () => {
  const input = { cabinet: 'cabinet-1', technician: 'bob' };
  const [opened, refused] = [await start('access-request', input), await start('access-request', input)];
  await answer(opened, 'ask', 'approve');
  await answer(refused, 'ask', 'reject');
  expect(await settled(opened)).toMatchObject({ status: 'SUCCEEDED', output: { opened: true, by: 'ann' } });
  expect(await settled(refused)).toMatchObject({ status: 'SUCCEEDED', output: { opened: false } });
});

emulated('waves with an approval between, and a concurrency group: a rollout in rings', async () => {
  const input = { release: '2.0.0', site: 'plant', dryRun: false, perMinute: 6_000 };
  const id = await start('ring-rollout', input);
  await answer(id, 'rollout.waves[1].rollout_approval', 'approve');
  expect(await run('ring-rollout', input)).toMatchObject({ status: 'FAILED', error: 'Concurrency.Rejected' });
  await answer(id, 'rollout.waves[2].rollout_approval', 'approve');
  expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED', output: { updated: 5 } });
  expect(await call('GET', '/v1/devices/pump-5')).toMatchObject({ reported: { firmware: '2.0.0' } });
});

emulated('workflows that call workflows, a shared result and a raw state: a backup', async () => {
  expect(await run('backup-plant', {})).toMatchObject({ status: 'SUCCEEDED', output: { saved: 1 } });
  expect(await run('backup-plant', {})).toMatchObject({ status: 'SUCCEEDED', output: { saved: 1 } });
  expect(await call('GET', '/v1/executions?workflow=backup-site')).toMatchObject({ executions: [{}] });
});

emulated('a service that is asked with a secret, and a private address that is refused', async () => {
  const { endpoint, servicePort } = deployed();
  await new SecretsManagerClient(emulatorClientConfig(endpoint)).send(
    new CreateSecretCommand({ Name: 'stepwright/weather', SecretString: 'Bearer of-the-weather' }),
  );
  const ask = (service: string) => run('weather-guard', { service, awning: 'awning-1' });
  expect(await ask(`http://127.0.0.1:${servicePort}`)).toMatchObject({
    status: 'SUCCEEDED',
    output: { gusts: 75, shut: true },
  });
  expect(asked[0]).toEqual({ path: '/forecast', authorization: 'Bearer of-the-weather' });
  expect(await ask(endpoint)).toMatchObject({ status: 'FAILED', error: 'Http.Forbidden' });
});

emulated(
  'a receiver that fails at first gets the same again, signed, with the link of a person',
  async () => {
    const { endpoint, servicePort } = deployed();
    const SecretString = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    await new SecretsManagerClient(emulatorClientConfig(endpoint)).send(
      new CreateSecretCommand({ Name: 'stepwright/hook', SecretString }),
    );
    await call('PUT', '/v1/groups/keepers', { members: ['ada@example.org'] });
    await call('PUT', '/v1/receivers', {
      receivers: { hook: { webhook: { url: `http://127.0.0.1:${servicePort}/hook`, secret: 'hook' } } },
      notifications: [{ people: ['ada@example.org'], to: ['hook'] }],
    });
    const steps = 'steps: [{ id: ask, approve: { group: keepers, message: Open? } }]';
    await call('POST', '/v1/workflows', `stepwright: 1\nname: ask-keepers\nversion: 1.0.0\n${steps}\n`);
    const id = await start('ask-keepers', {});
    await expect.poll(() => hooked.length, POLL).toBe(2);
    expect(hooked[1]).toMatchObject({ id: hooked[0]?.id, signature: expect.stringMatching(/^v1,/) });
    const { data } = z
      .object({ data: z.object({ link: z.string() }) })
      .parse(JSON.parse(hooked[1]?.body ?? ''));
    const form = new URLSearchParams({ decision: 'approve' });
    expect((await fetch(data.link, { method: 'POST', body: form })).status).toBe(200);
    expect(await settled(id)).toMatchObject({
      status: 'SUCCEEDED',
      output: { ask: { by: 'ada@example.org' } },
    });
    const { notifications } = z
      .object({ notifications: z.array(z.looseObject({ topic: z.string() })) })
      .parse(await call('GET', '/v1/notifications'));
    expect(notifications.find(({ topic }) => topic === 'approval-links')).toMatchObject({
      delivered: 2,
      failed: 0,
    });
  },
  90_000,
);
