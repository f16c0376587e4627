import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { TaskOutcome } from './states/task-runner.ts';

/** What a mocked task answers to one call: a result, or an error. */
export type MockedAnswer =
  | { readonly Return: Json }
  | { readonly Throw: { readonly Error: string; readonly Cause?: string } };

/** Answers of mocked states, by name of the state, in order of its calls. A state that is not there is not mocked. */
export type MockedStates = Readonly<Record<string, readonly MockedAnswer[]>>;

/** Test cases of a mock file, by state machine, then by name. */
export type MockFile = Readonly<Record<string, Readonly<Record<string, MockedStates>>>>;

/** Something that is wrong in a mock file, and where. */
export interface MockFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = MockFault['path'];
type Tell = (path: Path, message: string) => void;

/** Most calls that one range may stand for, so that `"0-999999999"` stays small. */
const MOST_CALLS = 10_000;

/**
 * Reads a mock file of Step Functions Local (AWS Step Functions Developer Guide, "Configuration file for mocked service
 * integrations"), and tells all that is wrong with it. `file` holds what could be read.
 */
export function readMocks(document: Json): {
  readonly file: MockFile;
  readonly faults: readonly MockFault[];
} {
  const faults: MockFault[] = [];
  const tell: Tell = (path, message) => faults.push({ path, message });
  const top = fieldsOf(document, [], tell);
  for (const key of Object.keys(top))
    if (key !== 'StateMachines' && key !== 'MockedResponses') tell([key], `there is no field "${key}" here`);
  for (const key of ['StateMachines', 'MockedResponses'])
    if (!Object.hasOwn(top, key)) tell([], `"${key}" is missing`);
  const responses = mapFields(top['MockedResponses'] ?? {}, ['MockedResponses'], tell, readResponse);
  const file = mapFields(top['StateMachines'] ?? {}, ['StateMachines'], tell, (machine, at) => {
    const { TestCases = {}, ...others } = fieldsOf(machine, at, tell);
    for (const key of Object.keys(others)) tell([...at, key], `there is no field "${key}" here`);
    return mapFields(TestCases, [...at, 'TestCases'], tell, (testCase, place) =>
      mapFields(testCase, place, tell, (name, state) => responseNamed(name, { responses, state, tell })),
    );
  });
  return { file, faults };
}

function responseNamed(
  name: Json,
  found: {
    readonly responses: Readonly<Record<string, readonly MockedAnswer[]>>;
    readonly state: Path;
    readonly tell: Tell;
  },
): readonly MockedAnswer[] {
  const { responses, state, tell } = found;
  const response = typeof name === 'string' && Object.hasOwn(responses, name) ? responses[name] : undefined;
  if (response !== undefined) return response;
  tell(state, `there is no mocked response ${JSON.stringify(name)}`);
  return [];
}

/** The answers of a mocked response, one for each call: `"0"` is the first, `"1-2"` the second and third. */
function readResponse(response: Json, path: Path, tell: Tell): readonly MockedAnswer[] {
  const entries = Object.entries(fieldsOf(response, path, tell)).flatMap(([key, value]) => {
    const calls = readCalls(key);
    if (calls === undefined)
      tell([...path, key], `"${key}" is neither a number of a call nor a range such as "1-2"`);
    const answer = readAnswer(value, [...path, key], tell);
    return calls === undefined || answer === undefined ? [] : [{ key, ...calls, answer }];
  });
  const answers: MockedAnswer[] = [];
  for (const { key, first, last, answer } of entries.toSorted((left, right) => left.first - right.first)) {
    if (first !== answers.length)
      tell(
        [...path, key],
        `calls are numbered without gaps from 0: ${answers.length} comes next, not ${first}`,
      );
    else for (let call = first; call <= last; call++) answers.push(answer);
  }
  if (Object.keys(fieldsOf(response, path, () => {})).length === 0) tell(path, 'it has no answer');
  return answers;
}

function readCalls(key: string): { first: number; last: number } | undefined {
  const [, from = '', to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(key) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return from === '' || last < first || last - first >= MOST_CALLS ? undefined : { first, last };
}

function readAnswer(answer: Json, path: Path, tell: Tell): MockedAnswer | undefined {
  const fields = fieldsOf(answer, path, tell);
  const [key, ...more] = Object.keys(fields);
  if (key === undefined || more.length > 0 || (key !== 'Return' && key !== 'Throw')) {
    tell(path, 'an answer has either Return or Throw, and nothing else');
    return undefined;
  }
  const value = fields[key] ?? null;
  return key === 'Return' ? { Return: value } : readThrow(value, [...path, 'Throw'], tell);
}

function readThrow(value: Json, path: Path, tell: Tell): MockedAnswer | undefined {
  const { Error: error, Cause: cause, ...others } = fieldsOf(value, path, tell);
  for (const key of Object.keys(others)) tell([...path, key], `there is no field "${key}" here`);
  if (typeof error !== 'string') tell(path, '"Error" must be the name of an error, a text');
  if (cause !== undefined && typeof cause !== 'string') tell([...path, 'Cause'], '"Cause" must be a text');
  if (typeof error !== 'string') return undefined;
  return { Throw: { Error: error, ...(typeof cause === 'string' ? { Cause: cause } : {}) } };
}

function fieldsOf(value: Json, path: Path, tell: Tell): JsonObject {
  if (isJsonObject(value)) return value;
  tell(path, `it must be an object, not ${JSON.stringify(value).slice(0, 60)}`);
  return {};
}

function mapFields<T>(
  value: Json,
  path: Path,
  tell: Tell,
  read: (entry: Json, path: Path, tell: Tell) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(fieldsOf(value, path, tell));
  return Object.fromEntries(entries.map(([key, entry]) => [key, read(entry, [...path, key], tell)]));
}

/**
 * Answers the calls of mocked states of one execution: gives how a task ends, or undefined for a state that is not mocked.
 * Every call counts, a retry as much as a state that is entered again; one that no answer is numbered for fails.
 */
export function mockedCalls(states: MockedStates): (state: string) => TaskOutcome | undefined {
  const calls = new Map<string, number>();
  return (state) => {
    if (!Object.hasOwn(states, state)) return undefined;
    const call = calls.get(state) ?? 0;
    calls.set(state, call + 1);
    return outcomeOf(
      states[state]?.[call],
      `There is no mocked response for call ${call} of the state '${state}'`,
    );
  };
}

function outcomeOf(answer: MockedAnswer | undefined, missing: string): TaskOutcome {
  if (answer === undefined) return { kind: 'failed', failure: { error: 'States.Runtime', cause: missing } };
  if ('Return' in answer) return { kind: 'succeeded', output: answer.Return };
  const { Error: error, Cause: cause = '' } = answer.Throw;
  const isHeartbeat = error === 'States.HeartbeatTimeout';
  if (!isHeartbeat && error !== 'States.Timeout') return { kind: 'failed', failure: { error, cause } };
  // A missed heartbeat is a timeout by name.
  return { kind: 'timedOut', failure: { error: 'States.Timeout', cause }, isHeartbeat };
}
