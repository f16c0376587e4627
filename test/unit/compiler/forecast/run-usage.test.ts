import { expect, test } from 'vitest';
import { costOf, PRICES } from '#compiler/forecast/cost.ts';
import { planOf } from '#compiler/forecast/plan.ts';
import { NO_USAGE, USAGE_UNITS } from '#compiler/forecast/usage.ts';
import type { Json } from '#core/json.ts';
import { compileText, workflowOf } from '#support/compile-text.ts';
import { type Ran, runCompiled } from '#support/run-compiled.ts';

const PUMPS: Json = { pumps: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] };

const FLASH = '{ id: flash, command: flash, device: "{% $item %}", compensate: { command: flash } }';

/** Workflows by their fields after the name; each runs as its plan says: every condition holds, and nothing fails. */
const RUNS: Readonly<Record<string, string>> = {
  'one step after the other': `
steps:
  - { id: a, set: { x: 1 } }
  - { id: b, wait: { for: 5s } }
  - { id: c, command: go, device: d }`,
  'steps side by side': `
steps:
  - { id: a, needs: [], command: go, device: d }
  - { id: b, needs: [], set: { x: 1 } }
  - { id: c, needs: [a, b], command: go, device: d }`,
  branches: `
steps:
  - id: both
    parallel: { left: [{ id: a, command: go, device: d }], right: [{ id: b, if: "{% true %}", command: go, device: d }] }`,
  'a choice': `
steps:
  - id: how
    choose:
      - { if: "{% true %}", steps: [{ id: a, set: { x: 1 } }, { id: b, command: go, device: d }] }
      - { else: true, steps: [{ id: c, set: { x: 2 } }] }`,
  'a choice that fails otherwise': `
steps:
  - id: how
    choose:
      - { if: "{% false %}", steps: [{ id: a, set: { x: 1 } }, { id: b, set: { x: 1 } }, { id: stop, fail: { error: E } }] }
      - { else: true, steps: [{ id: c, set: { x: 2 } }] }`,
  'an iteration': `
steps: [{ id: each, forEach: "{% $input.pumps %}", maxConcurrency: 2, steps: [${FLASH}] }]`,
  'an iteration that bears failures': `
steps: [{ id: each, forEach: "{% $input.pumps %}", tolerate: { percent: 50 }, steps: [${FLASH}] }]`,
  'an iteration that is an execution of its own': `
steps: [{ id: each, forEach: "{% $input.pumps %}", maxConcurrency: 50, tolerate: { count: 1 }, steps: [${FLASH}] }]`,
  'waves of iterations that are executions of their own': `
steps:
  - id: each
    forEach: "{% $input.pumps %}"
    maxConcurrency: 50
    waves: [{ count: 1 }, { rest: true }]
    steps: [{ id: inner, forEach: "{% ['a', 'b'] %}", maxConcurrency: 41, steps: [${FLASH}] }]`,
  'an iteration over nothing': `
steps: [{ id: each, forEach: "{% [] %}", steps: [${FLASH}] }]`,
  'an iteration in waves': `
steps:
  - id: each
    forEach: "{% $input.pumps %}"
    waves: [{ count: 1 }, { percent: 30 }, { rest: true }]
    betweenWaves: { soak: 1m, steps: [{ id: look, command: look, device: d }], approve: { group: ops } }
    steps: [${FLASH}]`,
  'an iteration that claims its devices, canaries first': `
steps:
  - id: each
    forEach: "{% $input.pumps %}"
    claim: refuse
    waves: [{ canary: { cover: [id], max: 2 } }, { rest: true }]
    steps: [${FLASH}]`,
  'an iteration that waits for more devices, and between its waves': `
steps:
  - id: each
    forEach: "{% $input.pumps %}"
    watch: { for: 1d, devices: {} }
    rate: 5/m
    waves: [{ count: 1 }, { rest: true }]
    betweenWaves: { soak: 1m, health: { until: "{% $result.failed = 0 %}" } }
    steps: [${FLASH}]`,
  'a loop': `
steps:
  - { id: begin, set: { tries: 0 } }
  - id: poll
    while: "{% $vars.tries < 4 %}"
    maxIterations: 10
    steps: [{ id: count, set: { tries: "{% $vars.tries + 1 %}" } }]`,
  'a caught step': `
steps:
  - id: a
    command: go
    device: d
    catch: [{ steps: [{ id: b, command: stop, device: d }, { id: c, command: stop, device: d }] }]
  - { id: e, set: { x: 1 } }`,
  'held units': `
steps:
  - { id: a, lock: { pools: { uplink: 1 }, steps: [{ id: b, command: go, device: d }] } }
  - { id: c, command: go, device: d, uses: { uplink: 1 } }`,
  'an end before the end': `
steps: [{ id: a, set: { x: 1 } }, { id: done, succeed: true }]`,
};

test.each(Object.entries(RUNS))('%s leaves the history that its plan tells', async (_name, fields) => {
  const plan = await planOf(workflowOf(fields), {
    catalogue: undefined,
    input: PUMPS,
    counts: new Map([
      ['poll', 4],
      ['inner', 2],
    ]),
  });

  const ran = await runCompiled(compileText(fields), { input: PUMPS });

  expect(ran.status).toBe('SUCCEEDED');
  // The handlers of this world answer before they return, which leaves no TaskSubmitted.
  const unsubmitted = timesOf(ran, 'TaskScheduled') - timesOf(ran, 'TaskSubmitted');
  expect(plan.usage.historyEvents).toBe(ran.events.length + unsubmitted);
  const inChildren = ran.childEvents.map((events) => timesOf({ events }, 'StateEntered') + 2);
  const transitions = inChildren.reduce((sum, own) => sum + own, timesOf(ran, 'StateEntered') + 2);
  expect(plan.usage.stateTransitions).toBe(transitions);
});

test('a run that fails for sure leaves the history that its plan tells', async () => {
  const fields = 'steps: [{ id: a, set: { x: 1 } }, { id: stop, fail: { error: Plant.Unsafe } }]';
  const { usage } = await planOf(workflowOf(fields), { catalogue: undefined });
  const ran = await runCompiled(compileText(fields));
  expect(ran.status).toBe('FAILED');
  expect(usage.historyEvents).toBe(ran.events.length);
});

function timesOf({ events }: Pick<Ran, 'events'>, ending: string): number {
  return events.filter((type) => type.endsWith(ending)).length;
}

test.each(USAGE_UNITS.filter((unit) => unit !== 'historyEvents'))(
  '%s have a price with its source',
  (unit) => {
    expect(PRICES.prices.filter((price) => price.unit === unit)).not.toEqual([]);
    expect(costOf({ ...NO_USAGE, [unit]: 1_000_000 }).dollarsPerRun).toBeGreaterThan(0);
  },
);

test('a million state transitions cost 25 dollars, as the price list says', () => {
  const { services } = costOf({ ...NO_USAGE, stateTransitions: 1_000_000 });
  expect(services['Step Functions']).toBe(25);
});
