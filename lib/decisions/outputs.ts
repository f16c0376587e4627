import type { Json, JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { errorsAgainst } from '#validation/json-schema.ts';
import type { Compiling } from './compiling.ts';
import { decisionFault } from './fault.ts';
import type { Formula } from './formula.ts';
import type { Run } from './run.ts';
import type { Steps } from './steps.ts';

/** What a rule or a branch decides, ready to be given. */
export interface Outputs {
  readonly place: string;
  /** What is given, when there are no expressions in it: it has been checked once. */
  readonly constant: JsonObject | undefined;
  /** Evaluates what is given. Throws Decision.InvalidOutput. */
  evaluate(run: Run): Steps<JsonObject>;
}

/** Makes what is given ready. Constants that do not fit throw Decision.InvalidOutput when they are given, not here. */
export function compileOutputs(given: JsonObject, place: string, compiling: Compiling): Outputs {
  const template = compileTemplate(given, place, compiling);
  const isConstant = template.kind === 'constant' && faultIn(given, compiling) === undefined;
  return {
    place,
    constant: isConstant ? given : undefined,
    *evaluate(run) {
      const value = yield* evaluateTemplate(template, run);
      return checkedOutputs(value ?? null, place, compiling);
    },
  };
}

/** What an expression gives for all outputs at once. */
export function compileWhole(text: string, place: string, compiling: Compiling): Outputs {
  const formula = compiling.formula(text, place);
  return {
    place,
    constant: undefined,
    *evaluate(run) {
      return checkedOutputs((yield* run.value(formula)) ?? null, place, compiling);
    },
  };
}

function checkedOutputs(value: Json, place: string, compiling: Compiling): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'no object of outputs is given';
    throw decisionFault('Decision.InvalidOutput', place, message);
  }
  const outputs = value as JsonObject;
  const fault = faultIn(outputs, compiling);
  if (fault === undefined) return outputs;
  throw decisionFault('Decision.InvalidOutput', `${place}.${fault.name}`, fault.message);
}

function faultIn(
  given: JsonObject,
  { file, outputs }: Compiling,
): { readonly name: string; readonly message: string } | undefined {
  for (const [name, check] of outputs) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) return { name, message: 'nothing is given' };
    if (check(value)) continue;
    const [error] = errorsAgainst(file.outputs[name] ?? {}, value);
    return { name, message: `${JSON.stringify(value)?.slice(0, 200)} ${error?.message ?? 'does not fit'}` };
  }
  const other = Object.keys(given).find((name) => !outputs.has(name));
  return other === undefined ? undefined : { name: other, message: 'this is no output of the decision' };
}

/** A value with expressions anywhere in it. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'formula'; readonly formula: Formula }
  | { readonly kind: 'list'; readonly entries: readonly Template[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, Template])[] };

/** Makes a value with expressions ready. */
export function compileTemplate(value: Json, place: string, compiling: Compiling): Template {
  if (typeof value === 'string') {
    const expression = readExpression(value);
    if (expression === undefined) return { kind: 'constant', value };
    return { kind: 'formula', formula: compiling.formula(expression.text, place) };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  const entries = Object.entries(value).map(
    ([key, entry]) => [key, compileTemplate(entry, `${place}.${key}`, compiling)] as const,
  );
  if (entries.every(([, { kind }]) => kind === 'constant')) return { kind: 'constant', value };
  if (Array.isArray(value)) return { kind: 'list', entries: entries.map(([, entry]) => entry) };
  return { kind: 'object', fields: entries };
}

/** The value; what an expression does not give is left out of objects and null in lists. */
export function* evaluateTemplate(template: Template, run: Run): Steps<Json | undefined> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'formula':
      return yield* run.value(template.formula);
    case 'list': {
      const entries: Json[] = [];
      for (const entry of template.entries) entries.push((yield* evaluateTemplate(entry, run)) ?? null);
      return entries;
    }
    case 'object': {
      const fields: [string, Json][] = [];
      for (const [name, field] of template.fields) {
        const value = yield* evaluateTemplate(field, run);
        if (value !== undefined) fields.push([name, value]);
      }
      return Object.fromEntries(fields);
    }
  }
}
