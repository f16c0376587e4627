import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishText } from '#api/publish.ts';
import { pointAlias } from '#executions/workflow-aliases.ts';
import { runProgram } from '#support/run-program.ts';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

let world: World;
let served: ServedWorld;
beforeEach(async () => {
  world = await World.create();
  served = await serveWorld(world);
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    const steps = `[{ id: check, fail: { error: Plant.Closed, cause: it is Sunday }, if: "{% $input.fails %}" }]`;
    const input = '{ type: object, properties: { fails: { type: boolean, default: false } } }';
    await publishText(
      world.ports,
      `{ stepwright: 1, name: tour, version: ${version}, input: ${input}, steps: ${steps} }`,
    );
  }
  await pointAlias(world.ports, 'tour', { alias: 'stable', version: '1.0.0' });
});
afterEach(async () => {
  await served.server.close();
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

const start = (...args: readonly string[]) => served.run('executions', 'start', ...args);

test.each([
  ['tour', '2.0.0'],
  ['tour@latest', '2.0.0'],
  ['tour@1.1.0', '1.1.0'],
  ['tour@^1', '1.1.0'],
  ['tour@stable', '1.0.0'],
])('%s starts %s', async (reference, version) => {
  const { exitCode, stdout } = await start(reference, '--name', 'one');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `execution one of tour ${version} has begun` });
  const { stdout: shown } = await served.run('executions', 'show', 'one', '--json');
  expect(JSON.parse(shown)).toMatchObject({ executionId: 'one', workflow: 'tour', version });
});

test('the same name is the same execution, and another input under it is refused', async () => {
  const first = await start('tour', '--name', 'one', '--json');
  expect(JSON.parse(first.stdout)).toMatchObject({ executionId: 'one', version: '2.0.0' });
  expect(await start('tour', '--name', 'one', '--json')).toMatchObject({ exitCode: 0 });
  const other = await start('tour', '--name', 'one', '--input', '{"fails":true}');
  expect(other).toMatchObject({ exitCode: 1, stdout: '' });
  expect(other.stderr).toContain('error[SW4023]');
  const listed = await served.run('executions', 'list', '--day', '2026-01-01', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({ executions: [{ executionId: 'one' }] });
});

test.each([
  ['an input that is no JSON', ['tour', '--input', '{'], 'SW3020'],
  ['an input that does not fit', ['tour', '--input', '{"fails":"x"}'], 'SW4004'],
  ['a workflow that is not published', ['visit'], 'SW4043'],
  ['a version that is not published', ['tour@3.0.0'], 'SW4043'],
  ['an alias that there is not', ['tour@canary'], 'SW4048'],
  ['a name that is none', ['tour', '--name', 'a/b'], 'SW4005'],
])('%s is refused, and nothing begins', async (_, args, code) => {
  const { exitCode, stdout, stderr } = await start(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr).toContain('hint:');
  expect((await served.run('executions', 'list', '--day', '2026-01-01')).stdout).toContain('no execution');
});

test('who follows is told how it ends, and by the exit code whether it has succeeded', async () => {
  const good = await start('tour', '--name', 'good', '--follow');
  expect(good).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('execution good') });
  expect(good.stdout).toContain('SUCCEEDED  tour 2.0.0, execution good');
  const bad = await start('tour', '--name', 'bad', '--follow', '--input', '{"fails":true}', '--json');
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({
    executionId: 'bad',
    status: 'FAILED',
    error: 'Plant.Closed',
  });
  for (const line of good.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('who follows waits for a server that goes away', async () => {
  await start('tour', '--name', 'one');
  const { document: ended } = await served.calls.good('GET', '/v1/executions/one');
  const answers = [{ ...Object(ended), status: 'RUNNING', endedAt: undefined }, undefined, ended];
  const flaky = createServer((request, response) => {
    const answer = answers.shift();
    if (answer === undefined) request.socket.destroy();
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
  const { port } = flaky.address() as AddressInfo;
  const args = ['executions', 'follow', 'one', '--endpoint', `http://127.0.0.1:${port}`, '--token', 't'];
  const { exitCode, stdout, stderr } = await runProgram(args);
  flaky.close();
  expect(exitCode).toBe(0);
  expect(stdout).toContain('SUCCEEDED  tour 2.0.0, execution one');
  expect(stderr).toContain('no answer from http://127.0.0.1');
});

test('an event is told to all that wait for it, once for each id', async () => {
  const waits =
    '{ stepwright: 1, name: gate, version: 1.0.0, steps: [{ id: open, wait: { event: { name: door.open } } }] }';
  await publishText(world.ports, waits);
  for (const name of ['g1', 'g2']) await start('gate', '--name', name);
  const tell = () => served.run('executions', 'broadcast', 'door.open', '--payload', '{"n":1}', '--id', 'e1');
  expect(await tell()).toMatchObject({ exitCode: 0, stdout: '"door.open" was taken by 2 steps' });
  expect((await tell()).stdout).toBe('"door.open" was told before, and nothing is done');
  expect(await served.run('executions', 'follow', 'g1')).toMatchObject({ exitCode: 0 });
  expect(await served.run('executions', 'broadcast', 'door.open', '--keep', '30h')).toMatchObject({
    exitCode: 2,
  });
});

test('executions are listed by how they stand, however many others are between', async () => {
  const list = (...args: readonly string[]) =>
    served.run('executions', 'list', '--day', '2026-01-01', ...args);
  for (const name of ['bad-1', 'good-1', 'good-2', 'good-3', 'bad-2', 'good-4'])
    await start('tour', '--name', name, '--input', JSON.stringify({ fails: name.startsWith('bad') }));
  for (const name of ['bad-1', 'bad-2', 'good-4']) await world.settle(name);
  const idsOf = (text: string): string[] =>
    [...text.matchAll(/^((?:bad|good)-\d) /gm)].map(([, id = '']) => id);
  expect(idsOf((await list('--status', 'failed')).stdout)).toEqual(['bad-2', 'bad-1']);
  expect(idsOf((await list('--status', 'failed', '--limit', '1')).stdout)).toEqual(['bad-2']);
  expect(idsOf((await list('--status', 'failed', 'succeeded')).stdout)).toHaveLength(6);
  expect((await list('--status', 'rolled-back', 'stopped')).stdout).toBe(
    'no execution of 2026-01-01 is rolled-back or stopped',
  );
  const refused = await list('--status', 'broken');
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('error[SW4001]') });
});
