import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findRebuild, noteRebuild } from '#analytics/rollups/rebuild-store.ts';
import { rollupWork } from '#analytics/rollups/rollup-work.ts';
import { ensurePool } from '#concurrency/pool.ts';
import { startExecution } from '#executions/start.ts';
import { cursorOf } from '#monitoring/feed/event-log.ts';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

const WORKFLOW = `
input:
  type: object
  properties: { site: { type: string }, owner: { type: string, personal: true } }
steps:
  - { id: go, command: go, device: "{% $input.site = 'hall-3' ? 'bad' : 'good' %}" }
  - { id: mark, set: { x: 1 } }
`;

let world: World;
let served: ServedWorld;
let following: { close(): void };
beforeAll(async () => {
  world = await World.create({
    devices: [{ id: 'good' }, { id: 'bad', type: 'valve', zone: 'hall-3' }],
    behave: (device) => ({ status: device === 'bad' ? 'FAILED' : 'SUCCEEDED' }) as const,
  });
  following = world.monitoring.follow(world.ports);
  served = await serveWorld(world);
  const first = await world.run(WORKFLOW, { site: 'hall-1', owner: 'ann' });
  for (let at = 0; at < 23; at++) {
    const site = at % 4 === 0 ? 'hall-3' : `hall-${at % 3}`;
    const input = { site, owner: site === 'hall-3' ? 'ben' : 'ann' };
    const { id } = await startExecution(world.ports, { workflow: first.workflow, input, by: 'ci' });
    await world.settle(id);
  }
  await world.quiet();
  await world.clock.advance(7_200_000);
  await ensurePool(world.ports.table, 'line', 2);
  const { table, engine, clock } = world.ports;
  const ports = { table, engine, clock, feed: world.monitoring.log, beginning: () => cursorOf(0) };
  while ((await rollupWork(ports, 500)).more);
});
afterAll(() => {
  following.close();
  served.server.close();
  world[Symbol.dispose]();
});

async function told(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await served.run('analytics', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  return stdout;
}

test('an overview tells measures and workflows', async () => {
  const text = await told('overview');
  expect(text).toMatch(/executions\.ended +24 +0/);
  expect(text).toMatch(/tested +24 +24 +25\.0 %/);
  expect(text).toContain('counted up to 2026-01-01 02:00 UTC');
});

test('a trend tells bars, and asks for a dimension with its value', async () => {
  expect(await told('trend', 'commands.ended')).toMatch(/by day: 1 of 8 days have a value, the highest 24/);
  expect(await told('trend', 'executions.failed', '--workflow', 'tested', '--by', 'hour')).toContain(
    'highest 6',
  );
  const refused = await served.run(
    'analytics',
    'trend',
    'executions.failed',
    '--dimension',
    'zone',
    '--value',
    'x',
  );
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('needs a dimension, one of workflow, version,');
  const long = await served.run(
    'analytics',
    'trend',
    'executions.failed',
    '--by',
    'hour',
    '--from',
    '2025-11-01',
  );
  expect(long.stderr).toContain('hours of more than 31 days');
});

test('usage tells the week, by whom', async () => {
  const text = await told('usage', '--time-zone', 'Europe/Berlin');
  expect(text).toMatch(/Thu {2}··██/);
  expect(text).toMatch(/ci +23 {2}█{20} {2}96 %/);
  const { stderr } = await served.run('analytics', 'usage', '--time-zone', 'Mars/Olympus');
  expect(stderr).toContain('"Mars/Olympus" is no time zone');
});

test('bottlenecks and outliers tell what, and nothing that is personal', async () => {
  expect(await told('bottlenecks')).toMatch(/tested\/go/);
  expect(await told('bottlenecks', '--by', 'zone')).toMatch(/hall-3/);
  const refused = await served.run('analytics', 'bottlenecks', '--by', 'type', '--workflow', 'tested');
  expect(refused.stderr).toContain('what is told by type is of all workflows');
  const text = await told('outliers', 'tested');
  expect(text).toMatch(/6 of 24 executions failed/);
  expect(text).toMatch(/input\.site +hall-3 +6 of 6 +100\.0 % +0\.0 % +4\.0 +< 0\.1 %/);
  expect(text).toMatch(/zone +hall-3/);
  expect(text).not.toMatch(/owner|ben|ann/);
  expect(await told('outliers', 'tested', '--slow')).toMatch(/took 1 ms or longer/);
});

test('cost and forecast say when too little is known', async () => {
  expect(await told('cost')).toContain('no day is known yet');
  expect(await told('forecast', '--pool', 'line')).toContain('units of pool line');
  expect((await served.run('analytics', 'forecast', '--pool', 'none')).stderr).toContain('SW4047');
  expect((await served.run('analytics', 'cost', '--days', 'many')).exitCode).toBe(2);
});

test('a rebuild is asked for, and told of until it is done', async () => {
  const { table, engine, clock } = world.ports;
  const ports = { table, engine, clock, feed: world.monitoring.log, beginning: () => cursorOf(0) };
  const before = JSON.parse((await served.run('analytics', 'overview', '--json')).stdout);
  const rebuilding = served.run('analytics', 'rebuild', '--from', '2025-12-31');
  for (let done = false; !done; ) {
    await rollupWork(ports, 500);
    done =
      (await Promise.race([rebuilding.then(() => true), new Promise((r) => setTimeout(r, 50, false))])) ===
      true;
  }
  const { stdout, stderr } = await rebuilding;
  expect(stdout).toMatch(/^counted 2025-12-31 to before 2026-01-02 anew from 24 executions$/);
  expect(stderr).toContain('counting 2025-12-31');
  const after = JSON.parse((await served.run('analytics', 'overview', '--json')).stdout);
  expect(after).toEqual(before);
});

test('days that were given up are told, and fail the command', async () => {
  const { table } = world.ports;
  const rebuilding = served.run('analytics', 'rebuild', '--from', '2025-12-31');
  const rebuild = await vi.waitUntil(async () => {
    const found = await findRebuild(table);
    return found !== undefined && found.next < found.to ? found : undefined;
  });
  await noteRebuild(table, { ...rebuild, next: rebuild.to, givenUp: [rebuild.from] });
  const { exitCode, stdout } = await rebuilding;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('given up 2025-12-31, which takes too long: it stays as it was counted');
});
