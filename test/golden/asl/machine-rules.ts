import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** One block of states: the machine's own, a branch's, or an iteration's. */
export interface Block {
  readonly body: JsonObject;
  /** Blocks around, outermost first. */
  readonly around: readonly JsonObject[];
}

/** Every block of a machine, outermost first. */
export function blocksOf(body: JsonObject, around: readonly JsonObject[] = []): readonly Block[] {
  const inner = statesOf(body).flatMap(([, state]) => [
    ...objectsOf(state['Branches']),
    ...objectsOf(state['ItemProcessor']),
  ]);
  return [{ body, around }, ...inner.flatMap((block) => blocksOf(block, [...around, body]))];
}

/** The states of a block, by name. */
export function statesOf(body: JsonObject): readonly (readonly [string, JsonObject])[] {
  const states = body['States'];
  if (!isJsonObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]) =>
    isJsonObject(state) ? [[name, state] as const] : [],
  );
}

/** Names of the variables that the states of a block assign, catchers and rules included. */
export function assignedIn(body: JsonObject): readonly string[] {
  const assigning = statesOf(body).flatMap(([, state]) => [
    state,
    ...objectsOf(state['Catch']),
    ...objectsOf(state['Choices']),
  ]);
  return assigning.flatMap(({ Assign: assign }) => (isJsonObject(assign) ? Object.keys(assign) : []));
}

/** Names of the states that a block leads to. */
export function targetsIn(body: JsonObject): readonly string[] {
  const leading = statesOf(body).flatMap(([, state]) => [
    state,
    ...objectsOf(state['Catch']),
    ...objectsOf(state['Choices']),
  ]);
  const targets = [body['StartAt'], ...leading.flatMap(({ Next, Default }) => [Next, Default])];
  return targets.filter((target) => typeof target === 'string');
}

/** Every text in a value. */
export function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((entry) => isJsonObject(entry));
}
