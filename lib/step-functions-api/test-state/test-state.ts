import type { JsonObject } from '#core/json.ts';
import type { TaskFailure } from '#engine/engine.ts';
import { checkShape } from '../definition/diagnose.ts';
import { type ApiCall, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { ruleFor } from './failure-rules.ts';
import { checkTogether, readMockResult, readTestData, TestStateInput } from './input.ts';
import { lastDetails, runTest, type TestRun } from './run-test.ts';
import {
  argumentsState,
  failingState,
  mockedTask,
  type TestData,
  testMachine,
  withoutFailureRules,
} from './test-machine.ts';
import { checkTestable, readTestedState, type TestedState } from './tested-state.ts';

/** One test: the state, what it is tested with, and where it runs. */
interface Test {
  readonly tested: TestedState;
  readonly data: TestData;
  readonly request: TestStateInput;
  readonly parts: ApiParts;
  readonly call: ApiCall;
}

/**
 * `TestState`: runs one state by the engine itself, once, and tells where it would go. A task does its work; Retry and Catch
 * are looked up after it, and a catcher's output is worked out by a state that fails in the same way.
 */
export const testState = operation(TestStateInput, async (request, parts, call) => {
  checkTogether(request);
  const { definition, stateName, mock, roleArn } = request;
  const tested = readTestedState(definition, stateName);
  checkTestable(tested, { isMocked: mock !== undefined, hasRole: roleArn !== undefined });
  const data = readTestData(request);
  checkShape(testMachine(tested, tested.fields, data).definition, 'STANDARD');
  const test: Test = { tested, data, request, parts, call };
  if (mock?.errorOutput !== undefined) {
    const { error = '', cause = '' } = mock.errorOutput;
    return failed(test, { error, cause }, undefined);
  }
  const run = await runOnce(test);
  if (run.end.status === 'SUCCEEDED') return succeeded(test, run);
  const { error = 'States.Timeout', cause = '' } = run.end;
  return failed(test, { error, cause }, run);
});

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
    ...(await inspect(test, run, {})),
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
  if (rule === undefined) return { status: 'FAILED', ...told, ...(await inspect(test, run, undefined)) };
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

/** `inspectionData`, where more is asked for than the result. */
async function inspect(
  test: Test,
  run: TestRun | undefined,
  errorDetails: JsonObject | undefined,
): Promise<JsonObject> {
  const { inspectionLevel = 'INFO', input = '{}' } = test.request;
  if (inspectionLevel === 'INFO') return {};
  const args = await afterArguments(test, run);
  const result = run === undefined ? undefined : lastDetails(run, 'Succeeded')?.['output'];
  const isTask = test.tested.type === 'Task' && run?.end.status === 'SUCCEEDED' && errorDetails !== undefined;
  const variables = variablesAfter(test, run);
  return {
    inspectionData: {
      input,
      ...(args === undefined ? {} : { afterArguments: args }),
      ...(isTask && typeof result === 'string' ? { result: taskResult(run) ?? result } : {}),
      ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
      ...(errorDetails === undefined || Object.keys(errorDetails).length === 0 ? {} : { errorDetails }),
    },
  };
}

function taskResult(run: TestRun): string | undefined {
  const output = run.events.find(({ type }) => type === 'TaskSucceeded' || type === 'LambdaFunctionSucceeded')
    ?.details['output'];
  return typeof output === 'string' ? output : undefined;
}

/** Arguments of a task, as it was called with them; those of a mocked one are evaluated on their own. */
async function afterArguments(test: Test, run: TestRun | undefined): Promise<string | undefined> {
  const state = argumentsState(test.tested);
  if (state === undefined) return undefined;
  if (test.request.mock === undefined && run !== undefined) {
    const { parameters } = lastDetails(run, 'TaskScheduled') ?? {};
    return typeof parameters === 'string' ? parameters : undefined;
  }
  const { tested, data, parts, call } = test;
  const { end } = await runTest(testMachine(tested, state, data), parts, call);
  return end.output === undefined ? undefined : JSON.stringify(end.output);
}

/** The variables that were given, and those that the state assigned. */
function variablesAfter({ data, tested }: Test, run: TestRun | undefined): JsonObject {
  const exit = run?.events.find(
    ({ type, details }) => type.endsWith('StateExited') && details['name'] === tested.name,
  );
  const assigned = Object.entries(exit?.details['assignedVariables'] ?? {});
  return {
    ...data.variables,
    ...Object.fromEntries(assigned.map(([name, text]) => [name, JSON.parse(String(text))])),
  };
}
