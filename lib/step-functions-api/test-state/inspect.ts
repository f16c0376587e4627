import type { JsonObject } from '#core/json.ts';
import type { ApiCall } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import type { TestStateInput } from './input.ts';
import { runTest, type TestRun } from './run-test.ts';
import { argumentsState, type TestData, testMachine } from './test-machine.ts';
import type { TestedState } from './tested-state.ts';

/** One test: the state, what it is tested with, and where it runs. */
export interface Test {
  readonly tested: TestedState;
  readonly data: TestData;
  readonly request: TestStateInput;
  readonly parts: ApiParts;
  readonly call: ApiCall;
}

/** `inspectionData`, where more is asked for than the result. */
export async function inspect(
  test: Test,
  run: TestRun | undefined,
  errorDetails: JsonObject | undefined,
): Promise<JsonObject> {
  const { inspectionLevel = 'INFO', input = '{}' } = test.request;
  if (inspectionLevel === 'INFO') return {};
  const args = await afterArguments(test, run);
  const result = detailsOf(run, /^(?:Task|LambdaFunction|Activity)Succeeded$/)?.['output'];
  const variables = variablesAfter(test, run);
  return {
    inspectionData: {
      input,
      ...(args === undefined ? {} : { afterArguments: args }),
      ...(result === undefined ? {} : { result }),
      ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
      ...(errorDetails === undefined ? {} : { errorDetails }),
    },
  };
}

/** Arguments of a task, as it was called with them; those of a mocked one are evaluated on their own. */
async function afterArguments(test: Test, run: TestRun | undefined): Promise<string | undefined> {
  const state = argumentsState(test.tested);
  if (state === undefined) return undefined;
  if (test.request.mock === undefined) {
    const scheduled = detailsOf(run, /^(Task|LambdaFunction|Activity)Scheduled$/);
    const parameters = scheduled?.['parameters'] ?? scheduled?.['input'];
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

function detailsOf(run: TestRun | undefined, type: RegExp): JsonObject | undefined {
  return run?.events.find((event) => type.test(event.type))?.details;
}
