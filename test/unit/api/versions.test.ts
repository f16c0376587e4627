import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { getExecution } from '#executions/execution-store.ts';
import { startExecution } from '#executions/start.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

async function publish(...versions: string[]): Promise<void> {
  for (const version of versions) {
    const body = `{ stepwright: 1, name: tour, version: ${version}, steps: [{ id: a, set: { v: "${version}" } }] }`;
    await api.good('POST', '/v1/workflows', { body });
  }
}

const start = async (body: object) =>
  (await api.good('POST', '/v1/workflows/tour/executions', json({ ...body }))).document;
const point = (alias: string, target: object) =>
  api.good('PUT', `/v1/workflows/tour/aliases/${alias}`, json({ ...target }));
const latest = async () => (await api.good('GET', '/v1/workflows/tour')).document;

test.each([
  [['1.0.0', '2.0.0', '1.5.0'], '2.0.0'],
  [['1.0.0', '2.0.0-beta.1'], '1.0.0'],
  [['1.0.0-a', '1.0.0-b'], '1.0.0-b'],
])('of %j, the latest is %s', async (versions, expected) => {
  await publish(...versions);
  expect(await latest()).toMatchObject({ latest: expected });
  expect(await start({})).toMatchObject({ version: expected });
});

test('an execution is started by a version, a range or an alias, and stays with what it began with', async () => {
  await publish('1.0.0', '1.2.0', '2.0.0');
  await point('stable', { version: '1.0.0' });
  expect(await start({ version: '1.0.0' })).toMatchObject({ version: '1.0.0' });
  expect(await start({ version: '^1' })).toMatchObject({ version: '1.2.0' });
  const started = await start({ alias: 'stable', name: 'mine' });
  expect(started).toMatchObject({ version: '1.0.0', alias: 'stable' });
  await point('stable', { version: '2.0.0' });
  expect(await getExecution(world.ports.table, 'mine')).toMatchObject({ version: '1.0.0', alias: 'stable' });
  expect(await start({ alias: 'latest' })).toMatchObject({ version: '2.0.0' });
});

test('a canary gets its share of the executions', async () => {
  await publish('1.0.0', '2.0.0');
  await point('stable', { version: '1.0.0', canary: { version: '2.0.0', percent: 20 } });
  const counts = new Map<string, number>();
  for (let index = 0; index < 400; index++) {
    const request = { workflow: 'tour', alias: 'stable', input: {} };
    const { version } = await startExecution(world.ports, request);
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  expect(counts.get('2.0.0')).toBeGreaterThan(50);
  expect(counts.get('2.0.0')).toBeLessThan(110);
});

test('an alias goes back, step by step, to where it pointed before', async () => {
  await publish('1.0.0', '2.0.0');
  await point('stable', { version: '1.0.0' });
  await point('stable', { version: '1.0.0', canary: { version: '2.0.0', percent: 5 } });
  await point('stable', { version: '2.0.0' });
  const back = () => api.good('POST', '/v1/workflows/tour/aliases/stable/rollback');
  expect((await back()).document).toMatchObject({ version: '1.0.0', canary: { percent: 5 } });
  expect((await back()).document).toEqual({
    ...{ alias: 'stable', version: '1.0.0', before: [] },
    changedAt: '2026-01-01T00:00:00.000Z',
  });
  expect(await api.problem('POST', '/v1/workflows/tour/aliases/stable/rollback')).toMatchObject({
    code: 'SW4027',
  });
});

test('aliases are listed, read and taken away', async () => {
  await publish('1.0.0');
  await point('stable', { version: '1.0.0' });
  await point('berlin', { version: '1.0.0' });
  const list = async () => (await api.good('GET', '/v1/workflows/tour/aliases')).document;
  expect(await list()).toMatchObject({ aliases: [{ alias: 'berlin' }, { alias: 'stable' }] });
  await api.good('DELETE', '/v1/workflows/tour/aliases/berlin');
  await api.good('DELETE', '/v1/workflows/tour/aliases/berlin');
  expect(await list()).toMatchObject({ aliases: [{ alias: 'stable' }] });
  expect((await api.good('GET', '/v1/workflows/tour/aliases/stable')).document).toMatchObject({
    version: '1.0.0',
  });
});

test.each([
  ['PUT', 'aliases/Stable', { version: '1.0.0' }, 'SW4008'],
  ['PUT', 'aliases/latest', { version: '1.0.0' }, 'SW4008'],
  ['PUT', 'aliases/stable', { version: '9.0.0' }, 'SW4043'],
  ['PUT', 'aliases/stable', { version: '1.0.0', canary: { version: '9.0.0', percent: 1 } }, 'SW4043'],
  ['PUT', 'aliases/stable', { version: '1.0.0', canary: { version: '1.0.0', percent: 100 } }, 'SW4001'],
  ['GET', 'aliases/none', undefined, 'SW4048'],
  ['POST', 'executions', { alias: 'none' }, 'SW4048'],
  ['POST', 'executions', { alias: 'stable', version: '1.0.0' }, 'SW4007'],
  ['POST', 'executions', { version: '^3' }, 'SW4043'],
  ['POST', 'executions', { version: 'newest' }, 'SW4043'],
  ['POST', 'versions/3.0.0/deprecate', { reason: 'old' }, 'SW4043'],
])('%s %s %j is refused: %s', async (method, path, body, code) => {
  await publish('1.0.0');
  const request = body === undefined ? {} : json({ ...body });
  expect(await api.problem(method, `/v1/workflows/tour/${path}`, request)).toMatchObject({ code });
});

test('a deprecated version starts with a warning, and is nobody’s latest', async () => {
  await publish('1.0.0', '2.0.0');
  const path = '/v1/workflows/tour/versions/2.0.0';
  await api.good('POST', `${path}/deprecate`, json({ reason: 'it leaks; take 1.0.0' }));
  expect(await latest()).toMatchObject({ latest: '1.0.0' });
  expect(await start({})).not.toHaveProperty('warning');
  expect(await start({ version: '2.0.0' })).toMatchObject({ warning: 'it leaks; take 1.0.0' });
  expect(await api.problem('POST', '/v1/workflows/tour/executions', json({ version: '^2' }))).toMatchObject({
    code: 'SW4043',
  });
  expect((await api.good('GET', '/v1/workflows/tour/versions')).document).toMatchObject({
    versions: [{ version: '2.0.0', deprecated: 'it leaks; take 1.0.0' }, { version: '1.0.0' }],
  });
  expect((await api.good('POST', `${path}/undeprecate`)).document).not.toHaveProperty('deprecated');
  expect(await latest()).toMatchObject({ latest: '2.0.0' });
});

test('where every version is deprecated, the highest is the latest', async () => {
  await publish('1.0.0');
  await api.good('POST', '/v1/workflows/tour/versions/1.0.0/deprecate', json({ reason: 'old' }));
  expect(await start({})).toMatchObject({ version: '1.0.0', warning: 'old' });
});

test('two who point an alias, and publish, at once leave nothing undone', async () => {
  await publish('1.0.0');
  await Promise.all([publish('1.1.0'), publish('1.2.0'), publish('1.3.0')]);
  expect(await latest()).toMatchObject({ latest: '1.3.0' });
  await Promise.all(['1.0.0', '1.1.0', '1.2.0'].map((version) => point('stable', { version })));
  const { document } = await api.good('GET', '/v1/workflows/tour/aliases/stable');
  expect(Object(document).before).toHaveLength(2);
});
