import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningCommand, startStepwright } from './command-line.ts';

const WORKFLOWS = join(import.meta.dirname, '../../workflows');
const StartedSchema = z.object({ executionId: z.string() });
const POLL = { interval: 30, timeout: 20_000 };

let folder = '';
let server: RunningCommand;
let service: Server;
let url = '';
const asked: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[] =
  [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-examples-'));
  service = createServer((request, response) => {
    void textOf(request).then((body) => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ gusts: 75 }));
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  server = startStepwright(
    [
      ...['start', '--data', join(folder, 'data'), '--port', '0', '--mqtt-port', '0'],
      ...['--project', WORKFLOWS, '--fleet', join(WORKFLOWS, 'fleets/plant.yaml')],
    ],
    { env: { STEPWRIGHT_SECRET_WEATHER: 'Bearer of-the-weather', STEPWRIGHT_HTTP_ALLOW: hostOf(service) } },
  );
  const line = await server.line(/^Stepwright serves /);
  url = /serves (\S+)/.exec(line)?.[1] ?? '';
}, 30_000);

afterAll(async () => {
  server.child.kill('SIGTERM');
  await server.finished;
  service.close();
  rmSync(folder, { recursive: true, force: true });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function hostOf(listening: Server): string {
  const address = z.object({ port: z.number() }).parse(listening.address());
  return `127.0.0.1:${address.port}`;
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const token = readFileSync(join(folder, 'data/token'), 'utf8').trim();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

async function start(workflow: string, input: unknown): Promise<string> {
  const started = await call('POST', `/v1/workflows/${workflow}/executions`, { input });
  return StartedSchema.parse(started).executionId;
}

function execution(id: string) {
  return call('GET', `/v1/executions/${id}`);
}

/** Answers the approval of a step as soon as it is asked for. */
async function answer(id: string, path: string, decision: string): Promise<void> {
  const approval = `/v1/approvals/${encodeURIComponent(`${id}:${path}:0`)}`;
  await expect.poll(() => call('GET', approval), POLL).toMatchObject({ status: 'OPEN' });
  await call('POST', approval, { decision, by: 'ann', comment: 'as agreed' });
}

test('a session charges between the coming and the going of its vehicle', async () => {
  const id = await start('charging-session', { station: 'station-1', kwh: 10 });
  const tell = (name: string, device: string) =>
    call('POST', '/v1/events', { name, data: { device, vehicle: 'B-SW 1' } });
  await expect.poll(() => tell('vehicle.connected', 'station-2'), POLL).toEqual({ taken: 0 });
  await expect.poll(() => tell('vehicle.connected', 'station-1'), POLL).toEqual({ taken: 1 });
  await expect.poll(() => tell('vehicle.left', 'station-1'), POLL).toEqual({ taken: 1 });
  await expect
    .poll(() => execution(id), POLL)
    .toMatchObject({
      status: 'SUCCEEDED',
      output: { charged: 10, came: true, vehicle: 'B-SW 1' },
    });
  expect(await call('GET', '/v1/pools/grid')).toEqual({
    ...{ name: 'grid', limit: 2, used: 0 },
    ...{ holders: [], line: [] },
  });
});

test.each([
  ['approve', { status: 'SUCCEEDED', output: { opened: true, by: 'ann' } }],
  ['reject', { status: 'SUCCEEDED', output: { opened: false } }],
])('a cabinet is opened when the shift says %s', async (decision, expected) => {
  const id = await start('access-request', { cabinet: 'cabinet-1', technician: 'bob' });
  await answer(id, 'ask', decision);
  await expect.poll(() => execution(id), POLL).toMatchObject(expected);
});

test('a rollout in rings asks between its waves, and one at a time runs at a site', async () => {
  const input = { release: '2.0.0', site: 'plant', dryRun: false, perMinute: 6_000 };
  const id = await start('ring-rollout', input);
  await answer(id, 'rollout.waves[1].rollout_approval', 'approve');
  const second = await start('ring-rollout', input);
  await expect
    .poll(() => execution(second), POLL)
    .toMatchObject({ status: 'FAILED', error: 'Concurrency.Rejected' });
  await answer(id, 'rollout.waves[2].rollout_approval', 'approve');
  await expect.poll(() => execution(id), POLL).toMatchObject({ status: 'SUCCEEDED', output: { updated: 5 } });
  expect(await call('GET', `/v1/executions/${id}/rollouts`)).toMatchObject({
    rollouts: [
      {
        waves: [
          { from: 0, to: 1, tolerate: { count: 1 } },
          { from: 1, to: 3 },
          { from: 3, to: 5 },
        ],
        canaries: [{ kinds: 1, covered: 1, chosen: [{ device: 'pump-1', standsFor: 5 }] }],
      },
    ],
    waiting: [],
  });
  expect(await call('GET', '/v1/devices/pump-5')).toMatchObject({ reported: { firmware: '2.0.0' } });
  expect(await call('GET', '/v1/notifications')).toMatchObject({
    notifications: expect.arrayContaining([
      expect.objectContaining({
        topic: 'releases',
        subject: '2.0.0',
        message: { site: 'plant', release: '2.0.0' },
      }),
    ]),
  });
});

test('a dry run says what would be done, and does nothing', async () => {
  const id = await start('ring-rollout', { release: '9.9.9', site: 'plant' });
  const pumps = [1, 2, 3, 4, 5].map((n) => `pump-${n}`);
  await expect
    .poll(() => execution(id), POLL)
    .toMatchObject({
      ...{ status: 'SUCCEEDED', output: { wouldUpdate: pumps } },
    });
  expect(await call('GET', '/v1/devices/pump-1')).not.toMatchObject({ reported: { firmware: '9.9.9' } });
  const some = await start('ring-rollout', { release: '9.9.9', site: 'plant', only: ['pump-2'] });
  await expect.poll(() => execution(some), POLL).toMatchObject({ output: { wouldUpdate: ['pump-2'] } });
});

test('a backup calls another, shares its result for a while, and leaves the cleanup to itself', async () => {
  const first = await start('backup-plant', {});
  await expect
    .poll(() => execution(first), POLL)
    .toMatchObject({ status: 'SUCCEEDED', output: { saved: 1 } });
  const second = await start('backup-plant', {});
  await expect
    .poll(() => execution(second), POLL)
    .toMatchObject({ status: 'SUCCEEDED', output: { saved: 1 } });
  const { executions } = z
    .object({ executions: z.array(z.object({ workflow: z.string() })) })
    .parse(await call('GET', '/v1/executions'));
  const of = (name: string) => executions.filter(({ workflow }) => workflow === name).length;
  expect([of('backup-plant'), of('backup-site'), of('cleanup')]).toEqual([2, 1, 2]);
});

test('a service is asked with its secret, and told what was done', async () => {
  const id = await start('weather-guard', { service: `http://${hostOf(service)}`, awning: 'awning-1' });
  await expect
    .poll(() => execution(id), POLL)
    .toMatchObject({ status: 'SUCCEEDED', output: { gusts: 75, shut: true } });
  expect(asked).toEqual([
    { path: '/forecast', authorization: 'Bearer of-the-weather', body: '' },
    { path: '/reports', authorization: undefined, body: '{"awning":"awning-1","gusts":75}' },
  ]);
  expect(JSON.stringify(await call('GET', `/v1/executions/${id}/history`))).not.toContain('of-the-weather');
  expect(await call('GET', '/v1/devices/awning-1')).toMatchObject({ reported: { open: 0 } });
});
