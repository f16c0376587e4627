import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { type MachineRun, startMachine } from '#embedded/run-machine.ts';

function runOf(states: Readonly<Record<string, JsonObject>>, more: Partial<MachineRun> = {}): MachineRun {
  const [StartAt = ''] = Object.keys(states);
  const definition = { QueryLanguage: 'JSONata', StartAt, States: states };
  return { name: 'm', definition, input: {}, mocks: {}, time: 'virtual', onEvent: () => {}, ...more };
}

test('a virtual day takes no time, and the history tells of it', async () => {
  const running = await startMachine(runOf({ a: { Type: 'Wait', Seconds: 86_400, End: true } }));
  const { description, history } = await running.ended;
  running.close();
  expect(description.status).toBe('SUCCEEDED');
  expect((description.endedAt ?? 0) - description.startedAt).toBeGreaterThanOrEqual(86_400_000);
  expect(history.map(({ type }) => type)).toContain('WaitStateExited');
});

test('a call of a service has its time, and no timeout is jumped to meanwhile', async () => {
  const slow = async (): Promise<string> => setTimeout(60, 'done');
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `\${Slow}` },
    TimeoutSeconds: 5,
    Output: '{% $states.result.Payload %}',
    Next: 'rest',
  };
  const rest = { Type: 'Wait', Seconds: 3_600, End: true };
  const running = await startMachine(runOf({ task, rest }, { functions: { Slow: slow } }));
  const { description } = await running.ended;
  running.close();
  expect(description).toMatchObject({ status: 'SUCCEEDED', output: 'done' });
});

test('a definition that is not valid is refused', async () => {
  await expect(startMachine(runOf({ a: { Type: 'Pass', Next: 'gone' } }))).rejects.toMatchObject({
    code: 'SW4011',
  });
});
