import type { Json, JsonObject } from '#core/json.ts';
import type { Test } from './inspect.ts';
import { runTest } from './run-test.ts';
import { mockedTask, testMachine } from './test-machine.ts';

/** What a state gives that stands in for the tested one; undefined where it fails. */
export async function probe(
  { tested, data, parts, call }: Test,
  state: JsonObject,
): Promise<Json | undefined> {
  const { end } = await runTest(testMachine(tested, state, data), parts, call);
  return end.output;
}

/** What a Pass state gives that has some of the fields of the tested one, and these besides. */
export function probeFields(
  test: Test,
  names: readonly string[],
  more: JsonObject = {},
): Promise<Json | undefined> {
  return probe(test, { ...picked(test.tested.fields, names), ...more, Type: 'Pass', End: true });
}

/** What becomes of a result, where the tested state is without some of its fields. */
export async function probeResult(
  test: Test,
  result: Json,
  without: readonly string[],
): Promise<Json | undefined> {
  const id = test.parts.newUuid();
  using _mock = test.parts.mocks.add(id, result);
  const state = mockedTask(test.tested, id);
  const kept = Object.entries(state).filter(([name]) => !without.includes(name));
  return await probe(test, Object.fromEntries(kept));
}

function picked(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
