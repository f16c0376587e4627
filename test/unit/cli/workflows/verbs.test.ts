import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';
import { type Ran, runProgram } from '#support/run-program.ts';
import { World } from '#support/world.ts';

const TOKEN = 'a-token-that-is-long-enough';
let folder = '';
let world: World;
let server: HttpServer;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-verbs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  world = await World.create();
  const handle = createApi({ ports: world.ports, version: '1.2.3' });
  const onDefect = (error: unknown): void => void world.defects.push(error);
  server = await startHttpServer({ host: '127.0.0.1', port: 0, token: TOKEN, handle, onDefect });
});
afterEach(async () => {
  await server.close();
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

function verb(...args: string[]): Promise<Ran> {
  return runProgram(['workflows', ...args, '--endpoint', server.url, '--token', TOKEN]);
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function tour(version: string, more = ''): string {
  return `stepwright: 1\nname: tour\nversion: ${version}\n${more}steps: [{ id: a, set: { v: 1 } }]\n`;
}

async function publish(...versions: string[]): Promise<void> {
  for (const version of versions) {
    expect((await verb('publish', write('tour.yaml', tour(version)))).exitCode).toBe(0);
  }
}

async function lines(...args: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await verb(...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout.split('\n');
}

async function document(...args: string[]): Promise<unknown> {
  return JSON.parse((await verb(...args, '--json')).stdout);
}

test('a workflow is published once, and again without effect', async () => {
  const file = write('tour.yaml', tour('1.0.0'));
  expect(await lines('publish', file)).toEqual(['published tour 1.0.0']);
  expect(await lines('publish', file)).toEqual(['tour 1.0.0 is published already']);
  expect(await document('publish', file)).toMatchObject({ published: [{ name: 'tour', isNew: false }] });
});

test('workflows that are called are published before those that call them', async () => {
  const sub = write('sub.yaml', tour('1.0.0').replace('tour', 'sub'));
  const call = 'steps: [{ id: go, workflow: { name: sub } }]';
  const main = write('main.yaml', `stepwright: 1\nname: main\nversion: 1.0.0\n${call}\n`);
  expect(await lines('publish', main, sub)).toEqual(['published sub 1.0.0', 'published main 1.0.0']);
});

test('what is published already is told with how to go on, and exit code 1', async () => {
  await publish('1.0.0');
  const { exitCode, stderr } = await verb('publish', write('tour.yaml', tour('1.0.0', 'timeout: 1h\n')));
  expect(exitCode).toBe(1);
  expect(stderr).toContain('error[SW4021]: tour 1.0.0 is published with other content');
  expect(stderr).toContain('raise "version"');
});

test('nothing is published of files of which one has errors', async () => {
  const broken = write('broken.yaml', `${tour('1.0.0')}stpes: []\n`);
  const { exitCode, stderr } = await verb('publish', write('tour.yaml', tour('1.0.0')), broken);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error[SW1101]')]);
  expect(await lines('list')).toEqual(['no workflow is published']);
});

test('what only the server finds wrong is told at its place in the file', async () => {
  const sub = write('sub.yaml', tour('1.0.0').replace('tour', 'sub'));
  const main = write(
    'main.yaml',
    'stepwright: 1\nname: main\nversion: 1.0.0\nsteps:\n  - { id: go, workflow: { name: sub } }\n',
  );
  const { exitCode, stderr } = await verb('publish', main);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`${main}:5:`);
  expect(stderr).toContain('sub');
  expect(await lines('publish', sub, main)).toHaveLength(2);
});

test('a path without a workflow is told', async () => {
  const file = write('fleet.yaml', 'stepwright: 1\nfleet: berlin\ndevices: [{ id: d }]\n');
  expect(await verb('publish', file)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('SW1007'),
  });
});

test('published workflows are listed page by page', async () => {
  const names = Array.from({ length: 101 }, (_, at) => `tour-${String(at).padStart(3, '0')}`);
  for (const name of names) {
    const { status } = await fetch(`${server.url}/v1/workflows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: tour('1.0.0').replace('tour', name),
    });
    expect(status).toBe(201);
  }
  expect(await document('list')).toMatchObject({ workflows: names.map((name) => ({ name })) });
});

test('the list tells the latest version, and what it is for', async () => {
  await publish('1.0.0');
  await verb('publish', write('tour.yaml', tour('1.1.0', 'description: Visit all.\n')));
  expect(await lines('list')).toEqual([
    'WORKFLOW  LATEST  PUBLISHED         DESCRIPTION',
    'tour      1.1.0   2026-01-01 00:00  Visit all.',
  ]);
});

test('versions are listed with what points to them', async () => {
  await publish('1.0.0', '1.1.0', '2.0.0-rc.1');
  await verb('alias', 'tour', 'stable', '1.0.0', '--canary', '1.1.0', '--percent', '10');
  await verb('deprecate', 'tour@1.0.0', '--reason', 'leaks');
  expect(await lines('versions', 'tour')).toEqual([
    'VERSION     PUBLISHED         ALIASES                DEPRECATED',
    '2.0.0-rc.1  2026-01-01 00:00',
    '1.1.0       2026-01-01 00:00  latest, stable (10 %)',
    '1.0.0       2026-01-01 00:00  stable                 leaks',
  ]);
  expect(await document('versions', 'tour')).toMatchObject({
    versions: [{ aliases: [] }, { aliases: ['latest', 'stable (10 %)'] }, { deprecated: 'leaks' }],
  });
});

test('an alias is pointed, listed and rolled back', async () => {
  await publish('1.0.0', '1.1.0');
  expect(await lines('aliases', 'tour')).toEqual(['tour has no aliases']);
  expect(await lines('alias', 'tour', 'stable', '1.0.0')).toEqual(['tour@stable points to 1.0.0']);
  const canary = ['--canary', '1.1.0', '--percent', '12.5'];
  const told = 'tour@stable points to 1.0.0, and 12.5 % to 1.1.0';
  expect(await lines('alias', 'tour', 'stable', '1.0.0', ...canary)).toEqual([told]);
  expect(await lines('aliases', 'tour')).toEqual([
    'ALIAS   POINTS TO                   SINCE             BEFORE',
    'stable  1.0.0, and 12.5 % to 1.1.0  2026-01-01 00:00  1.0.0',
  ]);
  expect(await document('rollback', 'tour', 'stable')).toMatchObject({ version: '1.0.0', before: [] });
  expect(await document('aliases', 'tour')).toMatchObject({ aliases: [{ alias: 'stable' }] });
  const { exitCode, stderr } = await verb('rollback', 'tour', 'stable');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('"stepwright workflows alias"')]);
});

test.each([
  [['--canary', '1.1.0'], 'SW3066'],
  [['--percent', '10'], 'SW3066'],
  [['--canary', '1.1.0', '--percent', '100'], 'between 0 and 100'],
])('a canary of %j is refused', async (options, said) => {
  const { exitCode, stderr } = await verb('alias', 'tour', 'stable', '1.0.0', ...options);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(said)]);
});

test('a deprecation is said, and taken back', async () => {
  await publish('1.0.0');
  expect(await lines('deprecate', 'tour@1.0.0', '--reason', 'leaks')).toEqual([
    'tour 1.0.0 is deprecated: leaks',
  ]);
  expect((await verb('show', 'tour')).stderr).toContain('deprecated: leaks');
  expect(await lines('undeprecate', 'tour@1.0.0')).toEqual(['tour 1.0.0 is not deprecated any more']);
  expect(await document('deprecate', 'tour@1.0.0', '--reason', 'old')).toMatchObject({
    name: 'tour',
    version: '1.0.0',
    deprecated: 'old',
  });
});

test.each(['tour', 'tour@^1', 'tour@stable', 'tour@'])('of %s, nothing is deprecated', async (reference) => {
  const { exitCode, stderr } = await verb('deprecate', reference, '--reason', 'x');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error[SW3065]')]);
});

test.each([
  ['tour', '2.0.0'],
  ['tour@1.0.0', '1.0.0'],
  ['tour@^1', '1.1.0'],
  ['tour@stable', '1.1.0'],
])('%s shows %s as it was published', async (reference, version) => {
  await publish('1.0.0', '1.1.0', '2.0.0');
  await verb('alias', 'tour', 'stable', '1.1.0');
  const { exitCode, stdout, stderr } = await verb('show', reference);
  expect([exitCode, stdout]).toEqual([0, tour(version).trimEnd()]);
  expect(stderr.split('\n')).toEqual([
    `tour ${version}`,
    expect.stringContaining('published 2026-01-01 00:00 UTC, run by the machine '),
  ]);
  expect(await document('show', reference)).toMatchObject({ version, source: tour(version) });
});

test.each([
  ['show', 'nobody', 'SW4043', 'stepwright workflows list'],
  ['show', 'tour@stable', 'SW4048', 'stepwright workflows aliases'],
  ['aliases', 'nobody', 'SW4043', 'stepwright workflows list'],
])('%s of the unknown %s is told, with the command that helps', async (name, reference, code, command) => {
  await publish('1.0.0');
  const { exitCode, stderr } = await verb(name, reference);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr.replace(/\s+/g, ' ')).toContain(command);
});

test('versions, aliases and files are compared', async () => {
  await publish('1.0.0');
  await verb('alias', 'tour', 'stable', '1.0.0');
  const file = write('next.yaml', tour('1.0.1', 'timeout: 1h\n'));
  const { exitCode, stdout } = await verb('diff', 'tour@stable', file);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'tour 1.0.0 → 1.0.1',
    '',
    'workflow',
    '  ? timeout  none → 1h',
    '             look at it: what takes longer than 1h fails now',
    '',
    'no breaking change, 1 to look at',
  ]);
  const other = write('other.yaml', tour('1.0.1').replace('tour', 'trip'));
  expect(await verb('diff', 'tour@1.0.0', other)).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('tour 1.0.0 → trip 1.0.1'),
  });
});

test('a file that is missing, or has no shape, is not compared', async () => {
  const broken = write('broken.yaml', 'stepwright: 1\n');
  expect(await verb('diff', 'missing.yaml', broken)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('SW1000'),
  });
  expect(await verb('diff', broken, broken)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('SW1102'),
  });
});

test('a token that is not the server’s is told with exit code 1', async () => {
  const { exitCode, stderr } = await runProgram([
    'workflows',
    'list',
    '--endpoint',
    server.url,
    '--token',
    'wrong',
  ]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error[SW3063]')]);
});
