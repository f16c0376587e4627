import type { Json, JsonObject } from '#core/json.ts';
import type { ApiCall } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { readMockResult, type TestStateInput } from './input.ts';
import { itemsByPath, itemsFault, mapFields } from './map-fields.ts';
import { probe, probeFields, probeResult } from './probe.ts';
import type { TestRun } from './run-test.ts';
import { argumentsState, type TestData } from './test-machine.ts';
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
  const isJsonata = test.tested.queryLanguage === 'JSONata';
  const variables = variablesAfter(test, run);
  return {
    inspectionData: {
      input,
      ...(isJsonata ? texts({ afterArguments: await afterArguments(test, run) }) : await byPath(test, run)),
      ...(await mapFields(test)),
      ...texts({ result: resultOf(test, run) }),
      ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
      ...(errorDetails === undefined ? {} : { errorDetails }),
    },
  };
}

/** What a state in JSONPath has made of its input, and of its result, one field after the other. */
async function byPath(test: Test, run: TestRun | undefined): Promise<JsonObject> {
  const { type, fields } = test.tested;
  const isConstant = type === 'Pass' && fields['Result'] !== undefined;
  const hasPayload = type === 'Task' || (type === 'Pass' && !isConstant);
  const isEntered = type !== 'Parallel' && !isConstant;
  const isMapOfInput = type === 'Map' && fields['ItemReader'] === undefined;
  const items = isMapOfInput && (await itemsFault(test)) === undefined ? await itemsByPath(test) : undefined;
  const parameters = hasPayload ? await afterArguments(test, run) : undefined;
  return texts({
    afterInputPath: isEntered ? await probeFields(test, ['InputPath']) : undefined,
    afterParameters: parameters,
    afterItemsPath: items,
    ...(run?.end.status === 'SUCCEEDED' ? await afterResult(test, run, parameters) : {}),
  });
}

type Values = Readonly<Record<string, Json | undefined>>;

async function afterResult(test: Test, run: TestRun, parameters: Json | undefined): Promise<Values> {
  const { type, fields } = test.tested;
  if (type === 'Pass') {
    return {
      afterResultSelector: fields['Result'] ?? parameters,
      afterResultPath: await probeFields(test, ['InputPath', 'Parameters', 'Result', 'ResultPath']),
    };
  }
  const result = workOf(test, run);
  if (result === undefined) return {};
  return {
    afterResultSelector: await probeResult(test, result, ['ResultPath', 'OutputPath']),
    afterResultPath: await probeResult(test, result, ['OutputPath']),
  };
}

/** Arguments of a task, as it was called with them; those of a mocked one are evaluated on their own. */
async function afterArguments(test: Test, run: TestRun | undefined): Promise<Json | undefined> {
  const { tested, request } = test;
  if (tested.type === 'Task' && request.mock === undefined) {
    const scheduled = detailsOf(run, /^(Task|LambdaFunction|Activity)Scheduled$/);
    const parameters = scheduled?.['parameters'] ?? scheduled?.['input'];
    return typeof parameters === 'string' ? JSON.parse(parameters) : undefined;
  }
  if (tested.queryLanguage === 'JSONPath') return probeFields(test, ['InputPath', 'Parameters']);
  const state = tested.type === 'Task' ? argumentsState(tested) : undefined;
  return state === undefined ? undefined : probe(test, state);
}

/** What the work of a state gave, before its fields made anything of it. */
function workOf({ tested, request }: Test, run: TestRun | undefined): Json | undefined {
  if (!['Task', 'Map', 'Parallel'].includes(tested.type)) return undefined;
  if (request.mock?.result !== undefined) return readMockResult(request.mock.result, tested);
  const output = detailsOf(run, /^(?:Task|LambdaFunction|Activity)Succeeded$/)?.['output'];
  return typeof output === 'string' ? JSON.parse(output) : undefined;
}

/** Of blocks, the result is not told. */
function resultOf(test: Test, run: TestRun | undefined): Json | undefined {
  const { type, queryLanguage, fields } = test.tested;
  if (type === 'Pass' && queryLanguage === 'JSONPath') return fields['Result'];
  return type === 'Task' && run !== undefined ? workOf(test, run) : undefined;
}

/** Documents are told as texts. */
function texts(values: Values): JsonObject {
  const told = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, JSON.stringify(value)]));
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
