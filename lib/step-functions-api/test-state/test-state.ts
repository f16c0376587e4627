import type { JsonObject } from '#core/json.ts';
import type { TaskFailure } from '#engine/engine.ts';
import { checkShape } from '../definition/diagnose.ts';
import { operation } from '../operation.ts';
import { ruleFor } from './failure-rules.ts';
import { checkTogether, readMockResult, readTestData, TestStateInput } from './input.ts';
import { inspect, type Test } from './inspect.ts';
import { exceedsTolerance, itemsFault } from './map-fields.ts';
import { lastDetails, runTest, type TestRun } from './run-test.ts';
import { failingState, mockedTask, testMachine, withoutFailureRules } from './test-machine.ts';
import { checkTestable, readTestedState, type TestedState } from './tested-state.ts';

/**
 * `TestState`: runs one state by the engine itself, once, and tells where it would go. A task does its work; Retry and Catch
 * are looked up after it, and a catcher's output is worked out by a state that fails in the same way.
 */
export const testState = operation(TestStateInput, async (request, parts, call) => {
  checkTogether(request);
  const { definition, stateName, mock, roleArn } = request;
  const tested = readTestedState(definition, stateName);
  checkTestable(tested, { isMocked: mock !== undefined, hasRole: roleArn !== undefined });
  const data = readTestData(request, tested);
  checkShape(testMachine(tested, tested.fields, data).definition, 'STANDARD');
  const test: Test = { tested, data, request, parts, call };
  if (mock?.errorOutput !== undefined) {
    const { error = '', cause = '' } = mock.errorOutput;
    return failed(test, { error, cause }, undefined);
  }
  const noItems = await itemsFault(test);
  if (noItems !== undefined) return failed(test, { error: 'States.Runtime', cause: noItems }, undefined);
  if (await exceedsTolerance(test)) return failed(test, TOO_MANY_FAILURES, undefined);
  const run = await runOnce(test);
  if (run.end.status === 'SUCCEEDED') return succeeded(test, run);
  const { error = 'States.Timeout', cause = '' } = run.end;
  return failed(test, { error, cause }, run);
});

const TOO_MANY_FAILURES: TaskFailure = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

async function runOnce({ tested, data, request, parts, call }: Test): Promise<TestRun> {
  const text = request.mock?.result;
  if (text === undefined) {
    return runTest(testMachine(tested, withoutFailureRules(tested.fields), data), parts, call);
  }
  const id = parts.newUuid();
  using _mock = parts.mocks.add(id, readMockResult(text, tested));
  return await runTest(testMachine(tested, mockedTask(tested, id), data), parts, call);
}

async function succeeded(test: Test, run: TestRun): Promise<JsonObject> {
  const next = nextState(test.tested, run);
  return {
    status: 'SUCCEEDED',
    output: JSON.stringify(run.end.output ?? null),
    ...(next === undefined ? {} : { nextState: next }),
    ...(await inspect(test, run, undefined)),
  };
}

async function failed(
  test: Test,
  { error, cause }: TaskFailure,
  run: TestRun | undefined,
): Promise<JsonObject> {
  const { tested, data, parts, call } = test;
  const told = { ...(error === '' ? {} : { error }), ...(cause === '' ? {} : { cause }) };
  const rule = ruleFor(tested.fields, error, test.request.stateConfiguration?.retrierRetryCount ?? 0);
  if (rule?.kind === 'retry') {
    const details = { retryIndex: rule.index, retryBackoffIntervalSeconds: rule.backoffSeconds };
    return { status: 'RETRIABLE', ...told, ...(await inspect(test, run, details)) };
  }
  if (rule?.kind !== 'catch') {
    const details = rule === undefined ? undefined : { retryIndex: rule.index };
    return { status: 'FAILED', ...told, ...(await inspect(test, run, details)) };
  }
  const caught = await runTest(
    testMachine(tested, failingState(tested, { error, cause }), data),
    parts,
    call,
  );
  const inspected = await inspect(test, caught, { catchIndex: rule.index });
  if (caught.end.status !== 'SUCCEEDED') {
    const { error: second = error, cause: reason = cause } = caught.end;
    return { status: 'FAILED', error: second, cause: reason, ...inspected };
  }
  const next = nextState(tested, caught);
  return {
    ...{ status: 'CAUGHT_ERROR', ...told, output: JSON.stringify(caught.end.output ?? null) },
    ...(next === undefined ? {} : { nextState: next }),
    ...inspected,
  };
}

/** The state that was entered last, when it is another one. */
function nextState({ name }: TestedState, run: TestRun): string | undefined {
  const last = lastDetails(run, 'StateEntered')?.['name'];
  return typeof last === 'string' && last !== name ? last : undefined;
}
