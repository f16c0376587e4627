import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { delimit } from '#expression/delimiters.ts';
import { bind } from './bindings.ts';

/** A state with its name, which is unique in the machine. */
export type NamedState = readonly [name: string, state: JsonObject];

/** States that belong together, and the one to enter them by. */
export interface Emission {
  readonly start: string;
  readonly states: readonly NamedState[];
}

/** Where the flow goes when states are through: to another state, or to the end of their scope with this output. */
export type Exit =
  | { readonly kind: 'next'; readonly state: string }
  /** The output is the text of an expression that cannot fail: it may run inside a task that would be tried again. */
  | { readonly kind: 'end'; readonly output: string };

/** The environment of a state goes on to the next one. */
export const KEEP_ENVIRONMENT = '{% $states.input %}';

/** Variables to the texts of their values. */
export type Values = Readonly<Record<string, string>>;

/**
 * The fields by which a Task, Parallel or Map state goes on with its results assigned. At the end of a scope its
 * variables are gone, so there the results go into the output.
 */
export function leave(exit: Exit, values: Values): JsonObject {
  if (exit.kind === 'end') return { Output: delimit(outputText(exit.output, values)), End: true };
  const assign = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, delimit(text)]));
  return { ...assigning(assign), Output: KEEP_ENVIRONMENT, Next: exit.state };
}

/** The same for a Pass or Wait state, which keeps the environment by itself. */
export function leaveQuietly(exit: Exit, values: Values): JsonObject {
  const { Output: output, ...fields } = leave(exit, values);
  return exit.kind === 'end' && output !== undefined ? { Output: output, ...fields } : fields;
}

function assigning(assign: JsonObject): JsonObject {
  return Object.keys(assign).length === 0 ? {} : { Assign: assign };
}

function outputText(output: string, values: Values): string {
  const own = (name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);
  const whole = output.startsWith('$') ? own(output.slice(1)) : undefined;
  return whole ?? bind(output, own);
}

/** An object without the fields that are undefined. */
export function defined(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The states as the body of a machine, a branch or an iteration, without those that nothing leads to. */
export function bodyOf({ start, states }: Emission): JsonObject {
  const known = new Map(states);
  const reached = new Set([start]);
  for (const name of reached) for (const target of targetsOf(known.get(name) ?? {})) reached.add(target);
  return { StartAt: start, States: Object.fromEntries(states.filter(([name]) => reached.has(name))) };
}

/** Names of the states that a state leads to. */
function targetsOf(state: JsonObject): readonly string[] {
  const rules = [state, ...objectsOf(state['Choices']), ...objectsOf(state['Catch'])];
  const targets = rules.flatMap((rule) => [rule['Next'], rule['Default']]);
  return targets.filter((target) => typeof target === 'string');
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((entry) => isJsonObject(entry)) : [];
}
