import { expect, test } from 'vitest';
import type { ExecutionDescription } from '#engine/engine.ts';
import { readStatusChange } from '#functions/execution-ended/status-change.ts';

const PREFIX = 'arn:aws:states:eu-central-1:123456789012:stateMachine:stepwright-';

function event(detail: object): unknown {
  return {
    'detail-type': 'Step Functions Execution Status Change',
    detail: { stateMachineArn: `${PREFIX}tour-1_0_0`, name: 'one', stopDate: 1_000, ...detail },
  };
}

/** An engine that can be asked once for what an event leaves out. */
function source(found?: Partial<ExecutionDescription>) {
  const asked: unknown[] = [];
  const describe = async (ref: ExecutionDescription['ref']): Promise<ExecutionDescription> => {
    asked.push(ref);
    return { ref, status: 'FAILED', input: {}, startedAt: 0, ...found };
  };
  return { asked, engine: { describe }, machineArnPrefix: PREFIX };
}

const REF = { machine: 'tour-1_0_0', name: 'one' };

test.each([
  [
    { status: 'SUCCEEDED', output: '{"n":1}' },
    { status: 'SUCCEEDED', output: { n: 1 } },
  ],
  [
    { status: 'FAILED', error: 'E', cause: 'c' },
    { status: 'FAILED', error: 'E', cause: 'c' },
  ],
  [
    { status: 'FAILED', error: 'E', cause: null, output: null },
    { status: 'FAILED', error: 'E' },
  ],
])('an event that says all, %j, is read as it is', async (detail, expected) => {
  const { asked, ...from } = source();
  expect(await readStatusChange(event(detail), from)).toEqual({ ref: REF, endedAt: 1_000, ...expected });
  expect(asked).toEqual([]);
});

test('the end may be told as a date', async () => {
  const detail = { status: 'FAILED', error: 'E', stopDate: '1970-01-01T00:00:05.000Z' };
  expect(await readStatusChange(event(detail), source())).toMatchObject({ endedAt: 5_000 });
});

test.each([
  [{ status: 'SUCCEEDED', output: null }, { output: { large: true } }, { output: { large: true } }],
  [{ status: 'FAILED' }, { error: 'E', cause: 'c' }, { error: 'E', cause: 'c' }],
  [{ status: 'TIMED_OUT', stopDate: null }, { endedAt: 7 }, { endedAt: 7 }],
])('what an event %j leaves out, the engine is asked for', async (detail, found, expected) => {
  const from = source(found);
  expect(await readStatusChange(event(detail), from)).toMatchObject({ ref: REF, ...expected });
  expect(from.asked).toEqual([REF]);
});

test('a machine that is none of ours is passed over', async () => {
  const foreign = event({ status: 'FAILED', stateMachineArn: 'arn:aws:states:x:1:stateMachine:other' });
  expect(await readStatusChange(foreign, source())).toBeUndefined();
});

test('the end of a child execution of a distributed Map is no end of ours', async () => {
  const { asked, ...from } = source();
  const detail = { stateMachineArn: `${PREFIX}tour-1_0_0/rollout`, status: 'FAILED' };
  expect(await readStatusChange(event(detail), from)).toBeUndefined();
  expect(asked).toEqual([]);
});
