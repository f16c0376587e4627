import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { publishText } from '#api/publish.ts';
import { decideForStep, explanationOf, explanationsOf } from '#executions/decide-step.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

const FORM =
  'table: { hit: first, rules: [{ when: { n: "> 5" }, give: { out: many } }], otherwise: { out: few } }';

function decision(version: string, form = FORM, name = 'size'): { body: string } {
  const io = 'inputs: { n: { type: integer } }\noutputs: { out: { type: string } }';
  return { body: `stepwright: 1\ndecision: ${name}\nversion: ${version}\n${io}\n${form} # why\n` };
}

const put = (version: string, form?: string, name = 'size') =>
  api.good('PUT', `/v1/decisions/${name}`, decision(version, form, name));

test('a decision is published once, and never changes', async () => {
  const published = { name: 'size', version: '1.0.0', publishedAt: '2026-01-01T00:00:00.000Z' };
  expect(await put('1.0.0')).toMatchObject({ status: 201, document: published });
  await world.clock.advance(1_000);
  expect(await put('1.0.0')).toMatchObject({ status: 200, document: published });
  const other = decision('1.0.0', 'expression: { out: other }');
  expect(await api.problem('PUT', '/v1/decisions/size', other)).toMatchObject({
    code: 'SW4021',
    status: 409,
  });
});

test('decisions and their versions are listed and read', async () => {
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) await put(version);
  expect((await api.good('GET', '/v1/decisions')).document).toMatchObject({
    decisions: [{ name: 'size', latest: '2.0.0' }],
  });
  expect((await api.good('GET', '/v1/decisions/size')).document).toMatchObject({ latest: '2.0.0' });
  expect((await api.good('GET', '/v1/decisions/size/versions')).document).toMatchObject({
    versions: [{ version: '2.0.0' }, { version: '1.1.0' }, { version: '1.0.0' }],
  });
  expect((await api.good('GET', '/v1/decisions/size/versions/^1')).document).toMatchObject({
    ...{ name: 'size', version: '1.1.0', source: decision('1.1.0').body, uses: {} },
    inputs: { n: { type: 'integer' } },
  });
});

describe('a published decision', () => {
  test('decides, and tells why', async () => {
    await put('1.0.0');
    await put('1.1.0', 'expression: { out: always }');
    const ask = (asked: object) =>
      api.good('POST', '/v1/decisions/size/evaluate', json({ input: { n: 7 }, ...asked }));
    expect((await ask({})).document).toMatchObject({ version: '1.1.0', output: { out: 'always' } });
    expect((await ask({ version: '~1.0' })).document).toMatchObject({
      ...{ decision: 'size', version: '1.0.0', output: { out: 'many' } },
      trace: { rules: [{ rule: 1 }] },
    });
    expect((await ask({ version: '1.0.0', input: { n: 2 }, trace: true })).document).toMatchObject({
      output: { out: 'few' },
      trace: { rules: [], otherwise: true, others: [{ rule: 1, input: 'n', cell: '> 5', value: 2 }] },
    });
  });

  test('goes by the versions of others that there were when it was published', async () => {
    await put('1.0.0');
    const top = 'decisions: { size: { decision: size } }\nexpression: { out: "{% $size.out %}" }';
    await put('1.0.0', top, 'top');
    await put('1.9.0', 'expression: { out: changed }');
    const asked = await api.good('POST', '/v1/decisions/top/evaluate', json({ input: { n: 7 } }));
    expect(asked.document).toMatchObject({
      output: { out: 'many' },
      trace: { decisions: { size: { version: '1.0.0', rules: [{ rule: 1 }] } } },
    });
  });

  test.each([
    [{ n: 'x' }, 400, 'Decision.InvalidInput: input.n: "x" must be integer'],
    [{}, 400, 'Decision.InvalidInput: input.n: this input is missing'],
    [
      { n: 0 },
      409,
      'Decision.Conflict: table.rules.1: rules 1 and 2 both hold, and the table is of the policy unique',
    ],
  ])('asked with %j is refused (SW4019)', async (input, status, detail) => {
    await put(
      '1.0.0',
      'table: { rules: [{ when: {}, give: { out: a } }, { when: { n: "{% $value = 0 %}" }, give: { out: b } }] }',
    );
    const problem = await api.problem('POST', '/v1/decisions/size/evaluate', json({ input }));
    expect(problem).toMatchObject({ code: 'SW4019', status, detail });
  });
});

test('answers that take JSONata are kept and counted, those of another version apart; a plain table has no cache', async () => {
  const text = (of: string) => `expression: { out: "{% $string(${of}) %}" }`;
  const ask = (n: number, version: string) =>
    api.good('POST', '/v1/decisions/text/evaluate', json({ input: { n }, version }));
  const read = async (name: string, version: string) =>
    (await api.good('GET', `/v1/decisions/${name}/versions/${version}`)).document;
  await put('1.0.0', text('$input.n'), 'text');
  const answers = [await ask(7, '1.0.0'), await ask(7, '1.0.0'), await ask(8, '1.0.0')];
  expect(answers.map(({ document }) => document)).toMatchObject([
    ...[{ output: { out: '7' } }, { output: { out: '7' } }, { output: { out: '8' } }],
  ]);
  await put('1.0.1', text('$input.n + 1'), 'text');
  expect((await ask(7, '1.0.1')).document).toMatchObject({ output: { out: '8' } });
  expect(await read('text', '1.0.0')).toMatchObject({ cache: { hits: 1, misses: 2 } });
  expect(await read('text', '1.0.1')).toMatchObject({ cache: { hits: 0, misses: 1 } });
  await put('1.0.0');
  expect(await read('size', '1.0.0')).not.toHaveProperty('cache');
});

test('answers that are shared are counted over all processes, with what looking for them took', async () => {
  await put(
    '1.0.0',
    'cache: { ttl: 10m, shared: true }\nexpression: { out: "{% $string($input.n) %}" }',
    'text',
  );
  for (const n of [7, 7, 8])
    await api.good('POST', '/v1/decisions/text/evaluate', json({ input: { n }, version: '1.0.0' }));
  const { document } = await api.good('GET', '/v1/decisions/text/versions/1.0.0');
  expect(document).toMatchObject({
    cache: { hits: 1, misses: 2, shared: { hits: 1, sharedHits: 0, misses: 2, oldestMs: 0 } },
  });
});

test('what is not there is told of (SW4029)', async () => {
  await put('1.0.0');
  for (const path of ['/v1/decisions/sise', '/v1/decisions/sise/versions', '/v1/decisions/size/versions/^2'])
    expect(await api.problem('GET', path)).toMatchObject({ code: 'SW4029', status: 404 });
});

test.each([
  ['a form that is none', decision('1.0.0', 'table: {}'), 'SW1101'],
  ['data in files', decision('1.0.0', `data: { t: { file: t.csv } }\n${FORM}`), 'SW1821'],
  [
    'a decision that is not published',
    decision('1.0.0', `decisions: { o: { decision: lou } }\n${FORM}`),
    'SW1823',
  ],
  ['another name', decision('1.0.0', FORM, 'other'), 'SW1823'],
])('%s is refused with its place', async (_, body, code) => {
  const problem = await api.problem('PUT', '/v1/decisions/size', body);
  expect(problem).toMatchObject({ code: 'SW4002', status: 400, diagnostics: [{ severity: 'error' }] });
  if (code !== 'SW1101') expect(problem).toMatchObject({ diagnostics: [{ code }] });
});

describe('a decide step', () => {
  const WORKFLOW = `stepwright: 1\nname: tested\nversion: 1.0.0
steps: [{ id: a, decide: { decision: size, version: "^1", input: { n: 7 } } }]`;

  test('is published with the version that decides pinned', async () => {
    await put('1.0.0');
    await put('1.2.0');
    await put('2.0.0');
    const { version } = await publishText(world.ports, WORKFLOW);
    expect(JSON.stringify(version.compiled.definition)).toContain('"decision":"size","version":"1.2.0"');
  });

  test('that asks what is not published is refused (SW1823)', async () => {
    expect(await api.problem('POST', '/v1/workflows', { body: WORKFLOW })).toMatchObject({
      diagnostics: [{ code: 'SW1823' }],
    });
  });

  test('keeps why it was decided so, and decides the same when it is called again', async () => {
    await put('1.0.0');
    const request = {
      ...{ taskToken: 't', execution: 'e', path: 'each[3].a', attempt: 1 },
      ...{ decision: 'size', version: '1.0.0', input: { n: 9 }, timeoutSeconds: 5 },
    };
    expect(await decideForStep(world.ports, request)).toEqual({ out: 'many' });
    expect(await decideForStep(world.ports, request)).toEqual({ out: 'many' });
    expect([...(await explanationsOf(world.ports.table, 'e'))]).toEqual([
      ['each[3].a', { decision: 'size', version: '1.0.0', rules: [{ rule: 1 }] }],
    ]);
    await expect(decideForStep(world.ports, { ...request, version: '9.0.0' })).rejects.toMatchObject({
      name: 'Decision.Unknown',
    });
  });

  test('keeps little, however many rules hold', () => {
    const rules = Array.from({ length: 5_000 }, (_, at) => ({ rule: at + 1, note: 'n'.repeat(1_000) }));
    const kept = explanationOf({ decision: 'd', version: '1.0.0', output: null, rules });
    expect(kept).toMatchObject({ moreRules: 4_980 });
    expect(JSON.stringify(kept).length).toBeLessThan(6_000);
  });
});
