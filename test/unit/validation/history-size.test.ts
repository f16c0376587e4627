import { expect, test } from 'vitest';
import { planOf } from '#compiler/forecast/plan.ts';
import { workflowOf } from '#support/compile-text.ts';
import { historyEventsOfList } from '#validation/history-size.ts';
import { stepTree } from '#validation/step-tree.ts';

const COMMAND = '{ id: a, command: go, device: d }';

test.each([
  ['commands', `[${COMMAND}, { id: b, command: go, device: d, if: "{% true %}" }]`],
  ['a wait and a set', '[{ id: a, wait: { for: 1s } }, { id: b, set: { x: 1 } }]'],
  ['a choice', `[{ id: how, choose: [{ if: "{% true %}", steps: [${COMMAND}] }] }]`],
  ['branches', `[{ id: both, parallel: { l: [${COMMAND}], r: [{ id: b, set: { x: 1 } }] } }]`],
  ['an iteration', `[{ id: each, forEach: "{% [1..7] %}", steps: [${COMMAND}] }]`],
  [
    'an iteration that is an execution of its own',
    `[{ id: each, forEach: "{% [1..7] %}", maxConcurrency: 50, steps: [${COMMAND}] }]`,
  ],
  ['a loop', `[{ id: poll, while: "{% true %}", maxIterations: 9, steps: [${COMMAND}] }]`],
  ['a lock', `[{ id: held, lock: { pools: { p: 1 }, steps: [${COMMAND}] } }]`],
  ['held units', '[{ id: a, command: go, device: d, uses: { p: 1 } }]'],
])(
  'the history of %s is as long as the plan says, but for the states that are the compiler’s own',
  async (_name, steps) => {
    const workflow = workflowOf(`steps: ${steps}`);

    const events = historyEventsOfList(stepTree(workflow.steps), { workflow });

    const { usage } = await planOf(workflow, { catalogue: undefined, counts: new Map([['poll', 9]]) });
    expect(events).toBeLessThanOrEqual(usage.historyEvents);
    expect(events).toBeGreaterThanOrEqual(usage.historyEvents - 8);
  },
);
