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
    STATE_BLOCKS.includes(name) ? renamedBlocks(value, step.id) : boundTemplate(value, at),
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

/** The blocks of states inside a state, with the step's id before each of their names, wherever it stands. */
function renamedBlocks(value: Json | undefined, id: string): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => renamedBlocks(entry, id));
  if (!isJsonObject(value)) return value ?? null;
  const { StartAt: start, States: states, ...rest } = value;
  return defined({
    ...rest,
    StartAt: start === undefined ? undefined : renamedTarget(start, id),
    States: isJsonObject(states) ? renamedStates(states, id) : states,
  });
}

function renamedStates(states: JsonObject, id: string): JsonObject {
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => [
      `${id} ${name}`,
      isJsonObject(state) ? renamedState(state, id) : state,
    ]),
  );
}

/** What a state does stays as it is: only where it leads, and the states inside it, are other. */
function renamedState(state: JsonObject, id: string): JsonObject {
  const fields = Object.entries(state).map(([name, value]): [string, Json] => {
    if (STATE_BLOCKS.includes(name)) return [name, renamedBlocks(value, id)];
    if (name === 'Choices' || name === 'Catch') return [name, renamedRules(value, id)];
    return [name, name === 'Next' || name === 'Default' ? renamedTarget(value, id) : value];
  });
  return Object.fromEntries(fields);
}

function renamedRules(rules: Json, id: string): Json {
  if (!Array.isArray(rules)) return rules;
  return rules.map((rule: Json) =>
    isJsonObject(rule) && rule['Next'] !== undefined
      ? { ...rule, Next: renamedTarget(rule['Next'], id) }
      : rule,
  );
}

function renamedTarget(target: Json, id: string): Json {
  return typeof target === 'string' ? `${id} ${target}` : target;
}
