import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { remember } from '#core/remember.ts';
import { readMachineExpression } from '#expression/delimiters.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { StateFault } from './failure.ts';

/** What expressions of a state see: `$states`, and the variables of the machine. */
export interface TemplateScope {
  readonly variables: JsonObject;
  /** `$states` without its context. */
  readonly states: JsonObject;
  /** `$states.context`, which is made for whoever reads it. */
  context(): JsonObject;
  readonly random: Random;
}

/** A value of a definition, ready to be evaluated again and again. */
type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'path'; readonly text: string; readonly names: readonly string[] }
  | { readonly kind: 'expression'; readonly text: string }
  | { readonly kind: 'array'; readonly entries: readonly Template[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] };

/** `$name.field.field`: read without JSONata, as long as no list is met on the way. */
const PLAIN_PATH = /^\$[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

const templates = new WeakMap<object, Template>();
/** Unlike an object, a text does not go with its definition. */
const textTemplate = remember(2_000, prepareText);

/**
 * Evaluates every expression in a value of a definition; `field` names it in errors. Fails with
 * States.QueryEvaluationError, also when an expression gives nothing, as Step Functions does.
 */
export async function evaluateTemplate(value: Json, scope: TemplateScope, field: string): Promise<Json> {
  const template = templateOf(value);
  return readPlain(template, scope) ?? render(template, scope, field);
}

function templateOf(value: Json): Template {
  if (typeof value === 'string') return textTemplate(value);
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  const known = templates.get(value);
  if (known !== undefined) return known;
  const template = prepare(value);
  templates.set(value, template);
  return template;
}

function prepare(value: Json): Template {
  if (typeof value === 'string') return textTemplate(value);
  if (typeof value !== 'object' || value === null) return { kind: 'constant', value };
  if (Array.isArray(value)) {
    const entries = value.map((entry: Json) => prepare(entry));
    return entries.every(isConstant) ? { kind: 'constant', value } : { kind: 'array', entries };
  }
  const entries = Object.entries(value).map(([key, entry]) => [key, prepare(entry)] as const);
  return entries.every(([, entry]) => isConstant(entry))
    ? { kind: 'constant', value }
    : { kind: 'object', entries };
}

function prepareText(value: string): Template {
  const text = readMachineExpression(value)?.text;
  if (text === undefined) return { kind: 'constant', value };
  return PLAIN_PATH.test(text)
    ? { kind: 'path', text, names: text.slice(1).split('.') }
    : { kind: 'expression', text };
}

function isConstant(template: Template): boolean {
  return template.kind === 'constant';
}

async function render(template: Template, scope: TemplateScope, field: string): Promise<Json> {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'path':
      return readPath(template.names, scope) ?? evaluateText(template.text, scope, field);
    case 'expression':
      return evaluateText(template.text, scope, field);
    case 'array': {
      const entries: Json[] = [];
      for (const [index, entry] of template.entries.entries())
        entries.push(await render(entry, scope, `${field}[${index}]`));
      return entries;
    }
    case 'object': {
      const entries: [string, Json][] = [];
      for (const [key, entry] of template.entries)
        entries.push([key, await render(entry, scope, `${field}/${key}`)]);
      return Object.fromEntries(entries);
    }
  }
}

/** What a template of constants and plain paths gives, without waiting; undefined where something in it takes JSONata. */
function readPlain(template: Template, scope: TemplateScope): Json | undefined {
  switch (template.kind) {
    case 'constant':
      return template.value;
    case 'path':
      return readPath(template.names, scope);
    case 'expression':
      return undefined;
    case 'array': {
      const entries: Json[] = [];
      for (const entry of template.entries) {
        const value = readPlain(entry, scope);
        if (value === undefined) return undefined;
        entries.push(value);
      }
      return entries;
    }
    case 'object': {
      const object: Record<string, Json> = {};
      for (const [key, entry] of template.entries) {
        const value = readPlain(entry, scope);
        // Assigned, the second name would change what the object is.
        if (value === undefined || key === '__proto__') return undefined;
        object[key] = value;
      }
      return object;
    }
  }
}

/** The value at a plain path; undefined where it takes JSONata to say. */
function readPath(names: readonly string[], scope: TemplateScope): Json | undefined {
  const [first = '', second] = names;
  if (first !== 'states') return follow(scope.variables, names, 0);
  if (second === undefined) return statesOf(scope);
  return second === 'context' ? follow(scope.context(), names, 2) : follow(scope.states, names, 1);
}

function follow(from: Json, names: readonly string[], start: number): Json | undefined {
  let value: Json | undefined = from;
  for (let at = start; at < names.length; at++) {
    const name = names[at] ?? '';
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function statesOf(scope: TemplateScope): JsonObject {
  return { ...scope.states, context: scope.context() };
}

async function evaluateText(text: string, scope: TemplateScope, field: string): Promise<Json> {
  try {
    const bindings = { ...scope.variables, states: statesOf(scope) };
    const value = await evaluate(text, { bindings, random: scope.random });
    if (value !== undefined) return value;
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw evaluationFault(
      text,
      field,
      cause.isNoJson
        ? 'returned an unsupported result type.'
        : `threw an error during evaluation. ${cause.message}`,
    );
  }
  throw evaluationFault(text, field, 'returned nothing (undefined).');
}

/** An expression that does not give what its field takes; `reason` goes on with "the expression …". */
export function evaluationFault(text: string, field: string, reason: string): StateFault {
  return new StateFault(
    'States.QueryEvaluationError',
    `The JSONata expression '${text}' specified for the field '${field}' ${reason}`,
    { location: field, isOfExpression: true },
  );
}
