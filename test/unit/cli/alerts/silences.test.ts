import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

let world: World;
let served: ServedWorld;
beforeEach(async () => {
  world = await World.create();
  served = await serveWorld(world);
});
afterEach(async () => {
  await served.server.close();
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

const alerts = (...args: readonly string[]) => served.run('alerts', ...args);

test('all that match are silenced, listed with why, and told of again', async () => {
  const match = ['--match', 'severity=warning', '--match', 'severity=info', '--match', 'zone=berlin/roof'];
  const made = await alerts(
    'silence',
    ...match,
    '--group',
    'plant',
    '--for',
    '2h',
    '--reason',
    'painting',
    '--by',
    'ann',
  );
  expect(made).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('until 2026-01-01 02:00:00 UTC'),
  });
  const [, id = ''] = /by silence (\S+)/.exec(made.stdout) ?? [];
  const listed = await alerts('silences');
  expect(listed.stdout.split('\n').slice(1)).toEqual([
    `${id}  2026-01-01 00:00:00  2026-01-01 02:00:00  ann`,
    '  group plant severity=warning|info zone=berlin/roof: painting',
  ]);
  expect(JSON.parse((await alerts('silences', '--json')).stdout)).toMatchObject({
    silences: [{ id, group: 'plant' }],
  });
  expect(await alerts('unsilence', id)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(id) });
  expect((await alerts('silences')).stdout).toBe('nobody has silenced anything');
  const again = await alerts('unsilence', id);
  expect(again.exitCode).toBe(2);
  expect(again.stderr).toContain('error[SW4213]');
  expect(again.stderr).toContain('stepwright alerts silences');
});

test.each([
  ['neither an alert nor what matches', []],
  ['an alert and what matches', ['some-id', '--match', 'severity=info', '--reason', 'x']],
  ['no reason for all that match', ['--match', 'severity=info']],
  ['what is no name and value', ['--match', 'severity', '--reason', 'x']],
  ['what nothing can be matched by', ['--match', 'colour=red', '--reason', 'x']],
])('%s is refused, and nothing is silenced', async (_, args) => {
  const { exitCode, stdout, stderr } = await alerts('silence', ...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('error');
  expect((await alerts('silences')).stdout).toBe('nobody has silenced anything');
});
