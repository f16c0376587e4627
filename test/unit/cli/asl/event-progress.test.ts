import { expect, test } from 'vitest';
import { EventProgress } from '#cli/asl/event-progress.ts';
import type { JsonObject } from '#core/json.ts';
import { EngineRun } from '#support/engine-run.ts';

async function progressOf(states: Record<string, JsonObject>): Promise<EventProgress['progress']> {
  const progress = new EventProgress('m');
  using run = new EngineRun();
  const { ref } = await run.run(states, [1, 2]);
  for (const event of await run.engine.history(ref, 0)) progress.add(event);
  return progress.progress;
}

function blockOf(name: string, state: JsonObject): JsonObject {
  return { StartAt: name, States: { [name]: { ...state, End: true } } };
}

test('states within others are told with what is around them, and after them comes the outside', async () => {
  const { status, done, total, steps } = await progressOf({
    both: {
      Type: 'Parallel',
      Branches: [
        blockOf('each', { Type: 'Map', ItemProcessor: blockOf('item', { Type: 'Pass' }) }),
        blockOf('left', { Type: 'Pass' }),
      ],
      Next: 'last',
    },
    last: { Type: 'Pass', End: true },
  });
  expect(status).toBe('SUCCEEDED');
  expect([done, total]).toEqual([6, 6]);
  expect(steps.map((step) => step.path).toSorted()).toEqual([
    'both',
    'both.each',
    'both.each[0].item',
    'both.each[1].item',
    'both.left',
    'last',
  ]);
  expect(steps.every((step) => step.status === 'SUCCEEDED')).toBe(true);
});

test('what runs when the execution ends, ends with it', async () => {
  const { status, steps } = await progressOf({
    both: {
      Type: 'Parallel',
      Branches: [
        blockOf('wait', { Type: 'Wait', Seconds: 9 }),
        { StartAt: 'bad', States: { bad: { Type: 'Fail', Error: 'E' } } },
      ],
      End: true,
    },
  });
  expect(status).toBe('FAILED');
  expect(steps.map((step) => step.status)).toEqual(['FAILED', 'FAILED', 'FAILED']);
});
