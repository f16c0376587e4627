import { textReader } from '#compiler/machine-rules/expression-names.ts';
import { assignedBy, blocksOf, type MachineState, readMachine } from '#compiler/machine-rules/machine.ts';
import { sitesOf } from '#compiler/machine-rules/sites.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/**
 * Which variables each state of a machine reads, by name and in order, as `DescribeStateMachine` tells it; undefined where
 * none does. Only what a state of the machine assigns is a variable.
 */
export function variableReferences(
  definition: JsonObject,
): Readonly<Record<string, readonly string[]>> | undefined {
  const states = blocksOf(readMachine(definition)).flatMap((block) => [...block.states.values()]);
  const assigned = new Set(states.flatMap(({ parts }) => parts.flatMap(assignedBy)).map(bareName));
  if (assigned.size === 0) return undefined;
  const read = textReader();
  const entries = states.flatMap((state): [string, readonly string[]][] => {
    const language = state.fields['QueryLanguage'] ?? definition['QueryLanguage'];
    const names = language === 'JSONata' ? namesInExpressions(state, read) : namesInPaths(state);
    const variables = [...new Set(names)].filter((name) => assigned.has(name)).toSorted();
    return variables.length === 0 ? [] : [[state.name, variables]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A key of `Assign` whose value is a path ends so. */
function bareName(key: string): string {
  return key.replace(/\.\$$/, '');
}

function namesInExpressions(state: MachineState, read: ReturnType<typeof textReader>): string[] {
  return sitesOf(state, read).flatMap(({ reading }) =>
    reading.kind === 'expression' ? reading.names.variables.map(({ name }) => name) : [],
  );
}

/** Fields of a state that are looked at as states of their own. */
const INNER_BLOCKS = ['Branches', 'ItemProcessor', 'Iterator'];

function namesInPaths({ fields }: MachineState): string[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    INNER_BLOCKS.includes(key) ? [] : pathsIn(key, value).flatMap(namesInPath),
  );
}

/** Texts in which a path may stand: of keys that say so. */
function pathsIn(key: string, value: Json): readonly string[] {
  if (typeof value === 'string') return /(?:\.\$|Path|^Variable)$/.test(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry: Json) => pathsIn(key, entry));
  return isJsonObject(value) ? Object.entries(value).flatMap(([name, entry]) => pathsIn(name, entry)) : [];
}

/** `$name` is a variable; `$.name` reads the input, `$$.name` the context, and what is quoted is a text. */
function namesInPath(path: string): string[] {
  const unquoted = path.replace(/'(?:[^'\\]|\\.)*'/g, '');
  return [...unquoted.matchAll(/(?<!\$)\$([\p{ID_Start}_][\p{ID_Continue}]*)/gu)].map(
    ([, name = '']) => name,
  );
}
