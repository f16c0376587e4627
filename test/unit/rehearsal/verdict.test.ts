import { expect, test } from 'vitest';
import { claimUnits } from '#concurrency/line.ts';
import { ensurePool } from '#concurrency/pool.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { Summariser } from '#rehearsal/summary.ts';
import { type Ran, violationsOf } from '#rehearsal/verdict.ts';
import { RehearsalWorld } from '#rehearsal/world.ts';
import { SAGA, smallWorld } from './small-world.ts';

/** A run that was rolled back as it should be, and a world to look for leases in. */
async function rolledBack(): Promise<{ ran: Ran; world: RehearsalWorld }> {
  const rehearsed = smallWorld(SAGA, { injections: [{ fail: { step: 'check' } }] });
  const run = await rehearse(rehearsed, 1);
  const world = new RehearsalWorld({ ...rehearsed, seed: 1 });
  await world.begin();
  return { ran: { ...run, hasEnded: true }, world };
}

async function verdictOn(change: (ran: Ran) => Partial<Ran>): Promise<readonly string[]> {
  const { ran, world } = await rolledBack();
  using _world = world;
  const found = await world.pumped(violationsOf(world, { ...ran, ...change(ran) }));
  return found.map(({ promise, text }) => `${promise}: ${text}`);
}

test('a run that keeps its promises has no violations', async () => {
  expect(await verdictOn(() => ({}))).toEqual([]);
});

test('a command that a device has carried out twice is found', async () => {
  const found = await verdictOn(({ carriedOut }) => ({
    carriedOut: [...carriedOut, ...carriedOut.slice(0, 1)],
  }));
  expect(found).toEqual(['executed twice: gate carried open out 2 times (rehearsal:way:0)']);
});

test('an undo that no device has done is missed', async () => {
  const found = await verdictOn(({ carriedOut }) => ({
    carriedOut: carriedOut.filter(({ command }) => command !== 'shut'),
  }));
  expect(found).toEqual(['undo missed: gate did open of "way", and that was not undone']);
});

test('an execution that never ends is told with the step that it waits in', async () => {
  expect(await verdictOn(() => ({ hasEnded: false }))).toEqual([
    'never ended: the execution is ROLLED_BACK for ever: no step runs',
  ]);
});

test('units that are still held, and what went wrong unasked, are told', async () => {
  const { ran, world } = await rolledBack();
  using _world = world;
  const { table } = world.ports;
  await world.pumped(ensurePool(table, 'uplink', 2));
  await world.pumped(claimUnits(table, { pool: 'uplink', units: 1, holder: 'gone:step:0', since: 0 }));
  world.defects.push(new Error('oops'));
  const found = await world.pumped(violationsOf(world, ran));
  expect(found.map(({ promise }) => promise)).toEqual(['lease leaked', 'lease leaked', 'defect']);
});

test('a summary counts outcomes with the first seed that shows each', async () => {
  const summariser = new Summariser();
  const failing = smallWorld(SAGA, { injections: [{ fail: { step: 'check', error: 'Pump.Leaks' } }] });
  for (const seed of [5, 6]) summariser.add(await rehearse(failing, seed));
  summariser.add(await rehearse(smallWorld(SAGA), 7));
  const summary = summariser.summary();
  expect(summary.outcomes).toEqual([
    { status: 'ROLLED_BACK', runs: 2, seed: 5, share: 2 / 3, reason: 'Pump.Leaks in check' },
    { status: 'SUCCEEDED', runs: 1, seed: 7, share: 1 / 3 },
  ]);
  expect(summary.failedSteps).toEqual([{ what: 'check', runs: 2, seed: 5 }]);
  expect(summary.durationMs).toEqual({ p50: 40, p95: 40, max: 40 });
});
