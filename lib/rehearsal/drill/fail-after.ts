import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** The state in which a drill ends, and what it fails with. */
const DRILL_STATE = 'drill';
const DRILL_FAILURE = {
  Type: 'Fail',
  Error: 'Drill.Failed',
  Cause: 'the drill lets the workflow fail here',
} as const;

/** A workflow that fails right after a state has done its work, in each iteration that it is in. */
export function failAfter(compiled: CompiledWorkflow, state: string): CompiledWorkflow {
  const definition = inStates(compiled.definition, state);
  return isJsonObject(definition) ? { ...compiled, definition } : compiled;
}

/** Every machine inside a document, with the state leading to the failure where it is one of its states. */
function inStates(value: Json, state: string): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => inStates(entry, state));
  if (!isJsonObject(value)) return value;
  const changed: JsonObject = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, inStates(inner, state)]),
  );
  const { States: states } = changed;
  const found = isJsonObject(states) ? states[state] : undefined;
  if (!isJsonObject(states) || !isJsonObject(found)) return changed;
  const { End: _end, ...rest } = found;
  return {
    ...changed,
    States: { ...states, [state]: { ...rest, Next: DRILL_STATE }, [DRILL_STATE]: DRILL_FAILURE },
  };
}
