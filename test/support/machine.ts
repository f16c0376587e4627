import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import type { Json, JsonObject } from '#core/json.ts';

/** What the rules find in a machine, each as its code and place, in order. */
export function foundIn(machine: JsonObject): string[] {
  return checkMachine(machine)
    .map(({ code, path }) => `${code} ${path.join('/')}`)
    .toSorted();
}

/** A machine in JSONata of the given states; the first is where it starts. */
export function machineOf(states: Readonly<Record<string, JsonObject>>): JsonObject {
  return { QueryLanguage: 'JSONata', ...blockOf(states) };
}

/** The body of a machine, branch or iteration of the given states; the first is where it starts. */
export function blockOf(states: Readonly<Record<string, JsonObject>>): JsonObject {
  return { StartAt: Object.keys(states)[0] ?? '', States: states };
}

/** A Pass state with more fields. It ends its block, unless they say where it goes. */
export function pass(fields: JsonObject = {}): JsonObject {
  return ending('Pass', fields);
}

/** A Task state with more fields. It ends its block, unless they say where it goes. */
export function task(fields: JsonObject = {}): JsonObject {
  return ending('Task', { Resource: 'arn:aws:states:::sqs:sendMessage', ...fields });
}

/** A Choice state: a rule for each condition, with the state it leads to. */
export function choice(rules: Readonly<Record<string, string>>, fields: JsonObject = {}): JsonObject {
  const choices = Object.entries(rules).map(([condition, next]) => ({
    Condition: `{% ${condition} %}`,
    Next: next,
  }));
  return { Type: 'Choice', Choices: choices, ...fields };
}

/** A Parallel state of branches. It ends its block, unless its fields say where it goes. */
export function parallel(branches: readonly JsonObject[], fields: JsonObject = {}): JsonObject {
  return ending('Parallel', { Branches: branches, ...fields });
}

/** A Map state over an iteration. It ends its block, unless its fields say where it goes. */
export function map(processor: JsonObject, fields: JsonObject = {}): JsonObject {
  return ending('Map', { Items: [1], ItemProcessor: processor, ...fields });
}

function ending(type: string, fields: JsonObject): JsonObject {
  const end: Readonly<Record<string, Json>> = fields['Next'] === undefined ? { End: true } : {};
  return { Type: type, ...end, ...fields };
}
