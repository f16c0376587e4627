import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOutMeasured } from '#compiler/compile.ts';
import { type StepTime, type Timeline, timelineOf } from '#compiler/forecast/timeline.ts';
import { graphOf } from '#compiler/graph.ts';
import type { Step } from '#definition/model.ts';
import { allSteps, nestedLists } from '#definition/nested-lists.ts';
import { workflowOf } from '#support/compile-text.ts';
import { anyWorkflow } from '#support/random-workflow.ts';

/** The timeline of a workflow whose steps take as many ms as the last number of their ids, and 10 where there is none. */
function timeline(fields: string, counts: Readonly<Record<string, number>> = {}): Timeline {
  const { steps } = workflowOf(fields);
  return timelineOf(steps, layOutMeasured(steps, undefined), {
    profile: new Map([...allSteps(steps)].map(({ id }) => [id, Number(/\d+$/.exec(id)?.[0] ?? 10)])),
    counts: new Map(Object.entries(counts)),
  });
}

/** A step in short: `start+duration`, then what it has to spare, waits and runs, where it does. */
function brief({ startMs, durationMs, slackMs, addedWaitMs, isCritical, runs }: StepTime): string {
  return [
    `${startMs}+${durationMs}`,
    isCritical ? 'critical' : `slack ${slackMs}`,
    ...(addedWaitMs === 0 ? [] : [`waits ${addedWaitMs}`]),
    ...(runs === 1 ? [] : [`×${runs}`]),
  ].join(' ');
}

function brieves({ steps }: Timeline): Readonly<Record<string, string>> {
  return Object.fromEntries([...steps].map(([id, time]) => [id, brief(time)]));
}

function command(id: string, more = ''): string {
  return `{ id: ${id}, command: go, device: d${more} }`;
}

const CASES: Readonly<
  Record<string, { fields: string; counts?: Readonly<Record<string, number>>; times: Record<string, string> }>
> = {
  'one after the other': {
    fields: `steps: [${command('a100')}, ${command('b50')}]`,
    times: { a100: '0+100 critical', b50: '100+50 critical' },
  },
  'side by side': {
    fields: `steps: [${command('a100', ', needs: []')}, ${command('b30', ', needs: []')}, ${command('c5', ', needs: [a100, b30]')}]`,
    times: { a100: '0+100 critical', b30: '0+30 slack 70', c5: '100+5 critical' },
  },
  'a tangle, of which one waits': {
    fields: `steps: [${command('a100', ', needs: []')}, ${command('b10', ', needs: []')}, ${command('c100', ', needs: [a100, b10]')}, ${command('d50', ', needs: [b10]')}]`,
    times: {
      a100: '0+100 critical',
      b10: '0+10 slack 90',
      c100: '100+100 critical',
      d50: '100+50 slack 50 waits 90',
    },
  },
  'branches of a parallel': {
    fields: `steps: [{ id: both, parallel: { left: [${command('a100')}], right: [${command('b60')}, ${command('c20')}] } }]`,
    times: {
      both: '0+100 critical',
      a100: '0+100 critical',
      b60: '0+60 slack 20',
      c20: '60+20 slack 20',
    },
  },
  'branches of a choose': {
    fields: `steps: [{ id: how, choose: [{ if: "{% true %}", steps: [${command('a30')}] }, { else: true, steps: [${command('b80')}] }] }]`,
    times: { how: '0+80 critical', a30: '0+30 slack 50', b80: '0+80 critical' },
  },
  'rounds of an iteration': {
    fields: `steps: [{ id: each, forEach: "{% $input %}", maxConcurrency: 4, steps: [{ id: both, parallel: { l: [${command('a100')}], r: [${command('b40')}] } }] }]`,
    counts: { each: 10 },
    times: {
      each: '0+300 critical',
      both: '0+100 critical ×10',
      a100: '0+100 critical ×10',
      b40: '0+40 slack 60 ×10',
    },
  },
  'an iteration with time to spare, shared by its rounds': {
    fields: `steps: [{ id: each, needs: [], forEach: "{% $input %}", maxConcurrency: 1, steps: [${command('a10')}] }, ${command('b100', ', needs: []')}]`,
    counts: { each: 4 },
    times: { each: '0+40 slack 60', a10: '0+10 slack 15 ×4', b100: '0+100 critical' },
  },
  'waves, with what is between them': {
    fields: `steps: [{ id: each, forEach: "{% $input %}", maxConcurrency: 5, waves: [{ count: 1 }, { percent: 50 }, { rest: true }], betweenWaves: { soak: 1s, steps: [${command('look50')}] }, steps: [${command('a100')}] }]`,
    counts: { each: 10 },
    times: {
      each: '0+2400 critical',
      a100: '0+100 critical ×10',
      look50: '1100+50 critical ×2',
    },
  },
  'an iteration whose rate is slower than its work': {
    fields: `steps: [{ id: each, forEach: "{% $input %}", maxConcurrency: 1, rate: 1/s, steps: [${command('a100')}] }]`,
    counts: { each: 10 },
    times: { each: '0+9000 critical', a100: '0+100 critical ×10' },
  },
  'an iteration that takes in more for a while': {
    fields: `steps: [{ id: each, forEach: "{% $input %}", maxConcurrency: 10, watch: { for: 5s, devices: {} }, steps: [${command('a100')}] }]`,
    counts: { each: 10 },
    times: { each: '0+5100 critical', a100: '0+100 critical ×10' },
  },
  'a loop': {
    fields: `steps: [{ id: poll, while: "{% true %}", maxIterations: 9, steps: [${command('a10')}, { id: rest, wait: { for: 1s } }] }]`,
    counts: { poll: 3 },
    times: { poll: '0+60 critical', a10: '0+10 critical ×3', rest: '10+10 critical ×3' },
  },
  'a lock': {
    fields: `steps: [{ id: held, lock: { pools: { p: 1 }, steps: [${command('a10')}, ${command('b20')}] } }]`,
    times: { held: '0+30 critical', a10: '0+10 critical', b20: '10+20 critical' },
  },
  'what is done about a failure': {
    fields: `steps: [${command('a10', ', catch: [{ steps: [{ id: b20, command: go, device: d }] }]')}]`,
    times: { a10: '0+10 critical' },
  },
  'no items': {
    fields: `steps: [{ id: each, forEach: "{% [] %}", waves: [{ rest: true }], betweenWaves: { soak: 1s }, steps: [${command('a10')}] }]`,
    counts: { each: 0 },
    times: { each: '0+0 critical', a10: '0+10 critical ×0' },
  },
};

test.each(Object.entries(CASES))('the times of %s', (_name, { fields, counts, times }) => {
  expect(brieves(timeline(fields, counts))).toEqual(times);
});

test('durations are measured, else declared, else assumed', () => {
  const { steps } = workflowOf(
    `steps: [${command('measured')}, { id: declared, wait: { for: 90s } }, ${command('assumed')}]`,
  );
  const profile = new Map([['measured', 1_234]]);
  const { steps: times } = timelineOf(steps, layOutMeasured(steps, profile), { profile, counts: new Map() });
  expect([...times.values()].map(({ durationMs }) => durationMs)).toEqual([1_234, 90_000, 2_000]);
});

describe('of any workflow', () => {
  function times(steps: readonly Step[]): Timeline {
    return timelineOf(steps, layOutMeasured(steps, undefined), {
      profile: new Map([...allSteps(steps)].map(({ id }, index) => [id, 1 + ((index * 7_919) % 97)])),
      counts: new Map(),
    });
  }

  test('each step starts after all that it needs has ended, and takes as long as what is inside it', () => {
    fc.assert(
      fc.property(anyWorkflow, ({ steps }) => {
        const { steps: placed } = times(steps);
        for (const list of listsOf(steps)) expect(startsTooEarly(list, placed)).toEqual([]);
      }),
    );
  });

  test('the critical path is as long as the whole, and nothing on it has time to spare', () => {
    fc.assert(
      fc.property(anyWorkflow, ({ steps }) => {
        const { steps: placed, totalMs, idealMs } = times(steps);
        const critical = steps.map(({ id }) => placed.get(id)).filter((time) => time?.isCritical);
        expect(critical.reduce((sum, time) => sum + (time?.durationMs ?? 0), 0)).toBe(totalMs);
        expect(critical.filter((time) => time?.slackMs !== 0)).toEqual([]);
        expect(idealMs).toBeLessThanOrEqual(totalMs);
      }),
    );
  });
});

function* listsOf(steps: readonly Step[]): Generator<readonly Step[]> {
  yield steps;
  for (const step of steps) {
    for (const list of nestedLists(step)) if (list.kind !== 'catch') yield* listsOf(list.steps);
  }
}

function startsTooEarly(list: readonly Step[], times: ReadonlyMap<string, StepTime>): readonly string[] {
  const { predecessors } = graphOf(list);
  return list.flatMap(({ id }) => {
    const start = times.get(id)?.startMs ?? -1;
    const before = (predecessors.get(id) ?? []).map((needed) => times.get(needed));
    return before.some((time) => time === undefined || time.startMs + time.durationMs > start) ? [id] : [];
  });
}
