import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '#core/json.ts';
import { decide } from '#decisions/decision.ts';
import { Library } from '#decisions/library.ts';
import { readDecisions } from '#decisions/sourced-decision.ts';
import { type ImportedDecision, readDmn } from '#definition/dmn/read-dmn.ts';
import { Source } from '#definition/source.ts';
import type { KitCase } from './kit-cases.ts';

/** How a case came out: undefined is as it is expected. */
export type Difference = string | undefined;

/** Numbers may differ by this, of the larger: FEEL has 34 decimal digits, JSON has doubles. */
const TOLERANCE = 1e-9;

/** Imports the model of a case, asks it, and tells what differs. Bugs throw. */
export async function differenceIn({ model, given, decision, expected }: KitCase): Promise<Difference> {
  const { decisions, diagnostics } = readDmn(readFileSync(model, 'utf8'), model);
  const [fault] = diagnostics;
  if (fault !== undefined) return `is not imported: ${fault.line}:${fault.column} ${fault.message}`;
  const imported = decisions.find(({ title }) => title === decision);
  if (imported === undefined) return `there is no decision "${decision}"`;
  const sources = decisions.map(({ file }) => Source.parse(String(file['decision']), JSON.stringify(file)));
  const library = new Library(readDecisions(sources, () => '').decisions);
  const found = library.find(String(imported.file['decision']));
  if (found === undefined) return 'what is imported is no decision file';
  try {
    const { output } = await decide(library.compile(found), inputsOf(imported, given));
    const actual = asInModel(output, imported);
    return isSame(actual, expected)
      ? undefined
      : `gives ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `fails: ${error.message}`;
  }
}

/** By the names that the inputs have here; what the decision has no input for is left out. */
function inputsOf({ file }: ImportedDecision, given: JsonObject): JsonObject {
  const schemas = file['inputs'] as Readonly<Record<string, JsonObject>>;
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, { title }]) => {
      const value = given[typeof title === 'string' ? title : name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** What is decided as DMN says it: one output is the value itself, several have the names of the model. */
function asInModel(output: Json, imported: ImportedDecision): Json {
  if (Array.isArray(output)) return output.map((each: Json) => asInModel(each, imported));
  if (typeof output !== 'object' || output === null) return output;
  const values = output as JsonObject;
  const [first, ...others] = imported.outputs;
  if (first !== undefined && others.length === 0) return values[first.name] ?? null;
  return Object.fromEntries(imported.outputs.map(({ name, title }) => [title, values[name] ?? null]));
}

function isSame(actual: Json | undefined, expected: Json | undefined): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
  }
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null)
    return actual === expected;
  const [one, other] = [Object.entries(actual), new Map(Object.entries(expected))];
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  return (
    one.length === other.size && one.every(([name, value]: [string, Json]) => isSame(value, other.get(name)))
  );
}
