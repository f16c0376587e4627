import { expect, test } from 'vitest';
import { NO_FAULTS } from '#rehearsal/faults.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { reasonOf } from '#rehearsal/summary.ts';
import { standardScenarios } from './workflows/scenarios.ts';

const SEEDS = 60;

/** One call of a handler in ten breaks, one in a hundred hangs, before its work or after it; and the table is throttled. */
const BROKEN_HANDLERS = { ...NO_FAULTS, handlerFails: 0.1, handlerHangs: 0.01, throttle: 0.05 };

/** Names of failures that say nothing of what was called for. */
const OF_THE_CALL = /^(Lambda|Sandbox|Runtime)\.|HandlerFailed|Throughput/;

test('no step fails of a call that failed itself, and nothing is done twice for that', async () => {
  const scenarios = standardScenarios();
  let broken = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const [, rehearsed] = scenarios[seed % scenarios.length] ?? [];
    if (rehearsed === undefined) throw new Error('there is no scenario');
    const run = await rehearse({ ...rehearsed, faults: BROKEN_HANDLERS }, seed);
    expect(run.violations, `seed ${seed}: ${run.status} ${reasonOf(run)}`).toEqual([]);
    expect(reasonOf(run) ?? '', `seed ${seed}`).not.toMatch(OF_THE_CALL);
    broken += run.faultCounts.get('handler that breaks') ?? 0;
  }
  expect(broken).toBeGreaterThan(SEEDS);
}, 60_000);
