import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { MOCK_FUNCTION_ARN } from './mocks.ts';
import type { TestedState } from './tested-state.ts';

/** Longest test, in seconds (TestState). */
const TEST_SECONDS = 300;

/** Sets the variables of a test before its state runs. */
const PREPARE = 'stepwright: variables';

/** What runs around a tested state. */
export interface TestMachine {
  readonly definition: JsonObject;
  readonly input: Json;
  /** What its context object tells. Default: the truth. */
  readonly context?: JsonObject;
}

/** Input, variables and context object that a state is tested with. */
export interface TestData extends Pick<TestMachine, 'context'> {
  readonly input: Json;
  readonly variables: JsonObject;
}

/** A machine of one state, in which each state that it may go on to only ends: the last one entered is where it went. */
export function testMachine(
  { name, queryLanguage }: TestedState,
  state: JsonObject,
  data: TestData,
): TestMachine {
  const targets = targetsOf(state).filter((target) => target !== name);
  const names = Object.keys(data.variables);
  const states: Record<string, JsonObject> = {
    ...Object.fromEntries(targets.map((target) => [target, { Type: 'Succeed' }])),
    [name]: state,
  };
  const machine = { QueryLanguage: queryLanguage, TimeoutSeconds: TEST_SECONDS };
  const told = data.context === undefined ? {} : { context: data.context };
  if (names.length === 0)
    return { definition: { ...machine, StartAt: name, States: states }, input: data.input, ...told };
  const prepare = queryLanguage === 'JSONata' ? prepareByJsonata(names) : prepareByPath(names);
  return {
    definition: {
      ...machine,
      StartAt: PREPARE,
      States: { [PREPARE]: { ...prepare, Next: name }, ...states },
    },
    input: { input: data.input, variables: data.variables },
    ...told,
  };
}

/** Variables come as input, so that nothing in their values is taken for an expression. */
function prepareByJsonata(names: readonly string[]): JsonObject {
  const assigned = names.map((name) => [name, `{% $states.input.variables.${name} %}`] as const);
  return { Type: 'Pass', Assign: Object.fromEntries(assigned), Output: '{% $states.input.input %}' };
}

function prepareByPath(names: readonly string[]): JsonObject {
  const assigned = names.map((name) => [`${name}.$`, `$.variables.${name}`] as const);
  return { Type: 'Pass', Assign: Object.fromEntries(assigned), OutputPath: '$.input' };
}

function targetsOf(state: JsonObject): string[] {
  const rules = ['Catch', 'Choices'].flatMap((list) => {
    const entries = state[list];
    return Array.isArray(entries) ? entries.filter((entry) => isJsonObject(entry)) : [];
  });
  const named = [state['Next'], state['Default'], ...rules.map(({ Next }) => Next)];
  return [...new Set(named.filter((target) => typeof target === 'string'))];
}

/** Fields that ask for the work of a state, and have no place in what stands for it. */
const WORK = [
  ...['Resource', 'Parameters', 'Arguments', 'Credentials', 'TimeoutSeconds', 'TimeoutSecondsPath'],
  ...['HeartbeatSeconds', 'HeartbeatSecondsPath', 'Branches', 'ItemProcessor', 'Iterator', 'ItemReader'],
  ...['ItemBatcher', 'ItemSelector', 'Items', 'ItemsPath', 'MaxConcurrency', 'MaxConcurrencyPath', 'Label'],
  ...['ResultWriter', 'ToleratedFailureCount', 'ToleratedFailureCountPath', 'ToleratedFailurePercentage'],
  'ToleratedFailurePercentagePath',
];

/** A state without what follows a failure: the test itself tells what would. */
export function withoutFailureRules(state: JsonObject): JsonObject {
  return omit(state, ['Retry', 'Catch']);
}

/** A task in place of a state, that gives the result with this id. */
export function mockedTask({ fields, queryLanguage }: TestedState, mock: string): JsonObject {
  const args = queryLanguage === 'JSONata' ? { Arguments: { mock } } : { Parameters: { mock } };
  return { ...omit(withoutFailureRules(fields), WORK), ...args, Type: 'Task', Resource: MOCK_FUNCTION_ARN };
}

/** A state in place of one, that fails with this error and cause, and is caught as the one is. */
export function failingState(
  { fields, queryLanguage }: TestedState,
  { error, cause }: { readonly error: string; readonly cause: string },
): JsonObject {
  const literal = (text: string): string =>
    queryLanguage === 'JSONata' ? `{% ${JSON.stringify(text)} %}` : text;
  const fail = { Type: 'Fail', Error: literal(error), Cause: literal(cause) };
  const branch = { StartAt: 'fail', States: { fail } };
  return { ...omit(fields, [...WORK, 'Retry']), Type: 'Parallel', Branches: [branch] };
}

/** A state that gives the arguments of a task as its output. */
export function argumentsState({ fields }: TestedState): JsonObject | undefined {
  const args = fields['Arguments'];
  return args === undefined ? undefined : { Type: 'Pass', Output: args, End: true };
}

function omit(state: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !names.includes(name)));
}
