import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import type { Json } from '#core/json.ts';
import { placeholderFor } from '#definition/template/placeholder.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';
import { templateKeys } from '#table/keys.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

const SITE = placeholderFor('site');

function template(version: string, step = `{ id: a, set: { at: "${SITE}" } }`, more = ''): { body: string } {
  const parameters =
    'parameters: { required: [site], properties: { site: { type: string, examples: [berlin] } } }';
  const workflow = `workflow:\n  name: visit\n  version: 1.0.0\n  steps: [${step}] # what it does`;
  return { body: `stepwright: 1\ntemplate: tour\nversion: ${version}\n${more}${parameters}\n${workflow}\n` };
}

const publish = (version: string) => api.good('POST', '/v1/templates', template(version));
const make = (body: Json) => api.good('POST', '/v1/templates/tour/instantiate', json(body));

test('a template is published once, and never changes', async () => {
  const published = { name: 'tour', version: '1.0.0', publishedAt: '2026-01-01T00:00:00.000Z' };
  expect(await publish('1.0.0')).toMatchObject({ status: 201, document: published });
  await world.clock.advance(1_000);
  expect(await publish('1.0.0')).toMatchObject({ status: 200, document: published });
  const other = template('1.0.0', '{ id: b, set: { c: 1 } }');
  expect(await api.problem('POST', '/v1/templates', other)).toMatchObject({ code: 'SW4021', status: 409 });
});

test('templates and their versions are listed and read', async () => {
  for (const version of ['1.0.0', '1.1.0', '2.0.0-beta.1']) await publish(version);
  const described = template('1.2.0', undefined, 'description: Visits a site.\n');
  await api.good('POST', '/v1/templates', described);
  const summary = { name: 'tour', latest: '1.2.0', description: 'Visits a site.' };
  expect((await api.good('GET', '/v1/templates')).document).toMatchObject({ templates: [summary] });
  expect((await api.good('GET', '/v1/templates/tour')).document).toMatchObject(summary);
  const versions = (await api.good('GET', '/v1/templates/tour/versions')).document;
  expect(versions).toMatchObject({
    versions: [{ version: '2.0.0-beta.1' }, { version: '1.2.0' }, { version: '1.1.0' }, { version: '1.0.0' }],
  });
  const whole = (version: string) => api.good('GET', `/v1/templates/tour/versions/${version}`);
  expect((await whole('^1.0')).document).toEqual({
    ...{ name: 'tour', version: '1.2.0', description: 'Visits a site.', source: described.body },
    publishedAt: '2026-01-01T00:00:00.000Z',
    parameters: {
      ...{ type: 'object', required: ['site'] },
      properties: { site: { type: 'string', examples: ['berlin'] } },
    },
  });
  expect((await whole('latest')).document).toMatchObject({ version: '1.2.0' });
});

describe('a workflow', () => {
  test('is made of the version that is asked for, with the comments of the template', async () => {
    await publish('1.0.0');
    await publish('1.1.0');
    const { document } = await make({ version: '1.0.0', parameters: { site: 'paris' } });
    expect(document).toEqual({
      ...{ template: 'tour', version: '1.0.0' },
      workflow: {
        ...{ stepwright: 1, name: 'visit', version: '1.0.0' },
        steps: [{ id: 'a', set: { at: 'paris' } }],
      },
      text: expect.stringContaining('# what it does'),
      diagnostics: [],
    });
    expect((await make({ parameters: { site: 'paris' } })).document).toMatchObject({ version: '1.1.0' });
  });

  test('can be published as it comes', async () => {
    await publish('1.0.0');
    const { document } = await make({ parameters: { site: 'paris' } });
    const published = await api.good('POST', '/v1/workflows', { body: String(Object(document).text) });
    expect(published.document).toMatchObject({ name: 'visit', version: '1.0.0' });
  });

  test('may call workflows that are published', async () => {
    const calling = template('1.0.0', `{ id: a, workflow: { name: "${SITE}", version: "^1" } }`);
    expect(await api.problem('POST', '/v1/templates', calling)).toMatchObject({
      diagnostics: [{ code: 'SW1407', path: 'workflow.steps[0].workflow.name', file: 'body' }],
    });
    const body = '{ stepwright: 1, name: berlin, version: 1.0.0, steps: [{ id: a, set: { b: 1 } }] }';
    await api.good('POST', '/v1/workflows', { body });
    await api.good('POST', '/v1/templates', calling);
    expect(
      await api.problem('POST', '/v1/templates/tour/instantiate', json({ parameters: { site: 'paris' } })),
    ).toMatchObject({
      ...{ code: 'SW4002', detail: expect.stringContaining('the workflow has an error') },
      diagnostics: [{ code: 'SW1407', file: 'tour@1.0.0', line: 8 }],
    });
  });
});

test.each<[string, string, Json | string, string]>([
  ['POST', '', 'template: tour', 'SW4002'],
  ['POST', '', template('1.0.0', `{ id: a, set: { at: "${placeholderFor('sit')}" } }`).body, 'SW4002'],
  ['POST', '', template('1.0.0', undefined, `description: ${'x'.repeat(380_000)}\n`).body, 'SW4022'],
  ['GET', '/none', '', 'SW4049'],
  ['GET', '/none/versions', '', 'SW4049'],
  ['GET', '/tour/versions/9.0.0', '', 'SW4049'],
  ['GET', '/tour/versions/^9', '', 'SW4049'],
  ['GET', '/tour/versions/newest', '', 'SW4049'],
  ['POST', '/none/instantiate', {}, 'SW4049'],
  ['POST', '/tour/instantiate', {}, 'SW4009'],
  ['POST', '/tour/instantiate', { parameters: { site: 7 } }, 'SW4009'],
  ['POST', '/tour/instantiate', { parameters: { site: '{% $input %}' } }, 'SW4002'],
  ['POST', '/tour/instantiate', { parameters: [] }, 'SW4001'],
])('%s /v1/templates%s is refused: %#', async (method, path, body, code) => {
  await publish('1.0.0');
  const request = { body: typeof body === 'string' ? body : JSON.stringify(body) };
  expect(await api.problem(method, `/v1/templates${path}`, request)).toMatchObject({ code });
});

test('every value that does not fit is told', async () => {
  await publish('1.0.0');
  const body = json({ parameters: { site: 7, sit: 'x' } });
  expect(await api.problem('POST', '/v1/templates/tour/instantiate', body)).toMatchObject({
    hint: 'did you mean "site"?',
    errors: [
      { path: 'sit', message: 'is no parameter of it' },
      { path: 'site', message: 'must be string' },
    ],
  });
});

test('a template that is on record and no template any more is a defect', async () => {
  const item = { ...templateKeys.version('tour', '1.0.0'), source: '{}', publishedAt: 0 };
  await world.ports.table.put(item);
  await expect(api.call('GET', '/v1/templates/tour/versions/1.0.0')).rejects.toThrow('cannot be read');
});
