import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Api, createApi } from '#api/api.ts';
import { ROUTES } from '#api/routes.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import { type Answer, type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await World.create({
    devices: [
      { id: 'a', type: 'pump' },
      { id: 'off', status: 'offline' },
    ],
  });
  api = createApi({ ports: world.ports, version: '1.2.3' });
});
afterEach(() => world[Symbol.dispose]());

const call: ApiCalls['call'] = (...request) => apiCalls(api).call(...request);
const good: ApiCalls['good'] = (...request) => apiCalls(api).good(...request);
const problem: ApiCalls['problem'] = (...request) => apiCalls(api).problem(...request);

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
description: Visit a device.
input: { type: object, properties: { device: { type: string } } }
steps: [{ id: visit, command: visit, device: "{% $input.device %}" }]
`;
const publish = (text = WORKFLOW): Promise<Answer> => good('POST', '/v1/workflows', { body: text });
const field = (document: Json, name: string): Json =>
  isJsonObject(document) ? (document[name] ?? null) : null;

describe('workflows', () => {
  test('are published once for a version, and found by name', async () => {
    expect(await publish()).toMatchObject({ status: 201, document: { name: 'tour', version: '1.0.0' } });
    expect(await publish()).toMatchObject({ status: 200 });
    expect((await good('GET', '/v1/workflows')).document).toMatchObject({
      workflows: [{ name: 'tour', latest: '1.0.0', description: 'Visit a device.' }],
    });
    expect((await good('GET', '/v1/workflows/tour')).document).toMatchObject({ latest: '1.0.0' });
    expect((await good('GET', '/v1/workflows/tour/versions')).document).toMatchObject({
      versions: [{ version: '1.0.0' }],
    });
    const { document } = await good('GET', '/v1/workflows/tour/versions/1.0.0');
    expect(document).toMatchObject({ source: WORKFLOW, definition: { StartAt: 'visit' } });
  });

  test('have the highest version as their latest, whenever it was published', async () => {
    await publish(WORKFLOW.replace('1.0.0', '1.10.0'));
    await publish(WORKFLOW.replace('1.0.0', '1.9.0'));
    expect((await good('GET', '/v1/workflows/tour')).document).toMatchObject({ latest: '1.10.0' });
    expect((await good('GET', '/v1/workflows/tour/versions')).document).toMatchObject({
      versions: [{ version: '1.10.0' }, { version: '1.9.0' }],
    });
  });

  test('are refused with everything that is wrong with them', async () => {
    const refused = await problem('POST', '/v1/workflows', {
      body: WORKFLOW.replace('command: visit', 'comand: visit'),
    });
    expect(refused).toMatchObject({
      status: 400,
      code: 'SW4002',
      diagnostics: [{ code: 'SW1104', line: 7 }],
    });
  });

  test('are refused when Step Functions would refuse their machine', async () => {
    const state = '{ Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", HeartbeatSeconds: 0 }';
    const refused = await problem('POST', '/v1/workflows', {
      body: `stepwright: 1\nname: tour\nversion: 1.0.0\nsteps: [{ id: raw, asl: ${state} }]\n`,
    });
    expect(refused).toMatchObject({
      status: 400,
      code: 'SW4002',
      diagnostics: [{ code: 'SW1722', line: 4, path: 'steps[0].asl.HeartbeatSeconds' }],
    });
  });

  test('keep the content of a version', async () => {
    await publish();
    const changed = await problem('POST', '/v1/workflows', {
      body: WORKFLOW.replace('id: visit', 'id: other'),
    });
    expect(changed).toMatchObject({ status: 409, code: 'SW4021' });
  });
});

describe('executions', () => {
  test('are started, read, and listed', async () => {
    await publish();
    const started = await good('POST', '/v1/workflows/tour/executions', json({ input: { device: 'a' } }));
    expect(started).toMatchObject({
      status: 201,
      document: { workflow: 'tour', version: '1.0.0', status: 'RUNNING' },
    });
    const id = z.string().parse(field(started.document, 'executionId'));
    await world.settle(id);
    expect((await good('GET', `/v1/executions/${id}`)).document).toMatchObject({
      executionId: id,
      status: 'SUCCEEDED',
      input: { device: 'a' },
      progress: { done: 1, total: 1 },
      startedAt: '2026-01-01T00:00:00.000Z',
    });
    expect((await good('GET', `/v1/executions/${id}/steps`)).document).toMatchObject({
      steps: [{ path: 'visit', status: 'SUCCEEDED', device: 'a' }],
    });
    const history = await good('GET', `/v1/executions/${id}/history?after=1`);
    expect(field(history.document, 'events')).toContainEqual(
      expect.objectContaining({ id: 2, type: 'TaskStateEntered' }),
    );
    for (const query of ['', '?workflow=tour', '?day=2026-01-01']) {
      expect((await good('GET', `/v1/executions${query}`)).document).toMatchObject({
        executions: [{ executionId: id }],
      });
    }
    expect((await good('GET', '/v1/executions?day=2025-12-31')).document).toEqual({ executions: [] });
  });

  test('are started once for an Idempotency-Key', async () => {
    await publish();
    const headers = { 'idempotency-key': 'nightly' };
    const start = (): Promise<Answer> =>
      good('POST', '/v1/workflows/tour/executions', { headers, ...json({ input: { device: 'a' } }) });
    expect((await start()).document).toEqual((await start()).document);
    const other = await problem('POST', '/v1/workflows/tour/executions', { headers, ...json({ input: {} }) });
    expect(other).toMatchObject({ status: 409, code: 'SW4023' });
  });

  test('are stopped', async () => {
    await publish(WORKFLOW.replace('command: visit', 'expires: 1h, command: visit'));
    const input = { device: 'off' };
    const { document } = await good('POST', '/v1/workflows/tour/executions', json({ input, name: 'one' }));
    expect(field(document, 'executionId')).toBe('one');
    await world.quiet();
    expect(
      await good('POST', '/v1/executions/one/stop', json({ by: 'ada', reason: 'enough' })),
    ).toMatchObject({
      status: 202,
    });
    expect(await world.settle('one')).toMatchObject({
      status: 'STOPPED',
      error: 'Stepwright.Stopped',
      cause: 'stopped by ada: enough',
    });
    expect((await good('POST', '/v1/executions/one/stop')).document).toMatchObject({ status: 'STOPPED' });
  });
});

describe('devices', () => {
  test('are registered, read, listed by page, and removed', async () => {
    const body = json({ type: 'sensor', zone: 'hall', capabilities: { ota: '2.0.0' } });
    expect((await good('PUT', '/v1/devices/new', body)).document).toMatchObject({
      id: 'new',
      zone: 'hall',
      status: 'offline',
    });
    expect((await good('PUT', '/v1/devices/new', json({ tags: { x: 'y' } }))).document).toMatchObject({
      zone: 'hall',
      tags: { x: 'y' },
    });
    const first = await good('GET', '/v1/devices?limit=2');
    expect(field(first.document, 'devices')).toMatchObject([{ id: 'a' }, { id: 'new' }]);
    const cursor = encodeURIComponent(String(field(first.document, 'cursor')));
    expect((await good('GET', `/v1/devices?limit=2&cursor=${cursor}`)).document).toMatchObject({
      devices: [{ id: 'off' }],
    });
    expect((await good('DELETE', '/v1/devices/new')).document).toEqual({ id: 'new' });
    expect(await problem('GET', '/v1/devices/new')).toMatchObject({ status: 404, code: 'SW4041' });
  });

  test('take commands by hand, and tell what became of them', async () => {
    const sent = await good('POST', '/v1/devices/a/commands', json({ command: 'ping', with: { n: 1 } }));
    expect(sent).toMatchObject({ status: 202, document: { device: 'a', command: 'ping' } });
    await world.quiet();
    const id = String(field(sent.document, 'id'));
    expect((await good('GET', `/v1/commands/${id}`)).document).toMatchObject({
      status: 'SUCCEEDED',
      result: { done: true },
    });
    expect(await problem('POST', '/v1/devices/off/commands', json({ command: 'ping' }))).toMatchObject({
      code: 'SW4024',
    });
  });
});

test('health says that all is well', async () => {
  expect((await good('GET', '/v1/health')).document).toEqual({ status: 'ok' });
});

test.each([
  ['GET', '/v1/nope', undefined, 404, 'SW4040'],
  ['PATCH', '/v1/devices/a', undefined, 404, 'SW4040'],
  ['GET', '/v1/devices/%E0%A4%A', undefined, 404, 'SW4040'],
  ['GET', '/v1/workflows/none', undefined, 404, 'SW4043'],
  ['GET', '/v1/workflows/none/versions', undefined, 404, 'SW4043'],
  ['POST', '/v1/workflows/none/executions', '{}', 404, 'SW4043'],
  ['GET', '/v1/executions/none', undefined, 404, 'SW4044'],
  ['GET', '/v1/executions/none/history', undefined, 404, 'SW4044'],
  ['POST', '/v1/executions/none/stop', '{}', 404, 'SW4044'],
  ['GET', '/v1/commands/none', undefined, 404, 'SW4042'],
  ['GET', '/v1/devices?limit=0', undefined, 400, 'SW4001'],
  ['GET', '/v1/devices?limit=1001', undefined, 400, 'SW4001'],
  ['GET', '/v1/devices?cursor=forged', undefined, 400, 'SW4003'],
  ['GET', '/v1/executions?day=yesterday', undefined, 400, 'SW4001'],
  ['PUT', '/v1/devices/a', '{', 400, 'SW4001'],
  ['PUT', '/v1/devices/a', '{"tpye":"pump"}', 400, 'SW4001'],
  ['PUT', '/v1/devices/a%3Ab', '{}', 400, 'SW4006'],
  ['POST', '/v1/devices/a/commands', '{"command":""}', 400, 'SW4001'],
  ['POST', '/v1/devices/none/commands', '{"command":"x"}', 404, 'SW4041'],
  ['POST', '/v1/workflows', '', 400, 'SW4002'],
  ['POST', '/v1/workflows', 'a: [', 400, 'SW4002'],
])('%s %s with %j is a problem: %i %s', async (method, target, body, status, code) => {
  const found = await problem(method, target, body === undefined ? {} : { body });
  expect(found).toMatchObject({ status, code, type: `urn:stepwright:error:${code}` });
});

test('a path that takes other methods says which', async () => {
  expect((await problem('PATCH', '/v1/devices/a')).hint).toBe('this path takes GET, PUT, DELETE');
});

test('a defect is thrown, and not told to the client', async () => {
  const broken = createApi({
    ports: { ...world.ports, table: { ...world.ports.table, get: () => Promise.reject(new Error('disk')) } },
    version: '',
  });
  await expect(broken({ method: 'GET', path: '/v1/health', query: {}, headers: {} })).rejects.toThrow('disk');
});

describe('the OpenAPI document', () => {
  test('has every route, with ids of their own, and every reference leads somewhere', async () => {
    const { document } = await call('GET', '/v1/openapi.json');
    const { paths, components, info } = z
      .object({
        info: z.object({ version: z.string() }),
        paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
        components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
      })
      .parse(document);
    expect(info.version).toBe('1.2.3');
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations).toHaveLength(ROUTES.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = '']) => reference,
    );
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      expect(Object.keys(components.schemas)).toContain(reference.replace('#/components/schemas/', ''));
    }
  });
});
