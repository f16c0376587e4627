import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { STATE_BLOCKS } from '#definition/kinds/asl.ts';
import type { AslStep } from '#definition/model.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { resultOf } from '../result.ts';
import { defined, type Emission, leave } from '../states.ts';

/**
 * A state of the author's own. Names of the definition language are bound in its expressions, though not in those of states
 * inside it, whose names are kept apart from all others of the machine.
 */
export function emitAsl(step: AslStep, at: Emitting): Emission {
  const { Type: type, ...fields } = step.state;
  const failure = emitFailureHandling(step, at);
  const result = type === 'Pass' || type === 'Wait' ? '$states.input' : '$states.result';
  const own = Object.entries(fields).map(([name, value]) => [
    name,
    STATE_BLOCKS.includes(name) ? renamed(value, step.id) : boundTemplate(value, at),
  ]);
  const state = {
    ...defined({ Type: type, Comment: step.title }),
    ...Object.fromEntries(own),
    ...(step.timeoutMs === undefined ? {} : { TimeoutSeconds: Math.ceil(step.timeoutMs / 1_000) }),
    ...(type === 'Pass' || type === 'Wait' ? {} : failure.fields),
    ...leave(at.exit, resultOf(step, result, at)),
  };
  return { start: step.id, states: [[step.id, state], ...failure.states] };
}

/** Fields in which states name others. */
const TARGETS = ['StartAt', 'Next', 'Default'];

/** The states inside a state, with the step's id before each of their names. */
function renamed(value: Json, id: string): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => renamed(entry, id));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => renamedField(name, entry, id)));
}

function renamedField(name: string, value: Json, id: string): readonly [string, Json] {
  if (TARGETS.includes(name) && typeof value === 'string') return [name, `${id} ${value}`];
  if (name !== 'States' || !isJsonObject(value)) return [name, renamed(value, id)];
  const states = Object.entries(value).map(([own, state]) => [`${id} ${own}`, renamed(state, id)] as const);
  return [name, Object.fromEntries(states) satisfies JsonObject];
}
