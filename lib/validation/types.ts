import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { CommandDefinition } from '#definition/command.ts';
import type { Types } from '#expression/value-types.ts';
import { decidedBy, schemaOfDecided } from './decided-by.ts';
import { iterationsAround } from './names.ts';
import {
  APPROVAL,
  CAUGHT,
  deviceWith,
  EXECUTION,
  NOTIFICATION,
  RECEIPT,
  RESPONSE,
  ROLLOUT_SO_FAR,
} from './own-values.ts';
import { schemaOfField, typesIn } from './schema-types.ts';
import type { Site } from './sites.ts';
import type { StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** What is known of the value of a name. */
export interface ValueType {
  readonly schema: Json;
  /** Whether the value has no other fields for sure: it is ours, or is checked. What devices answer is not. */
  readonly isPromised: boolean;
}

/** The type of the value that a name has at a place, or undefined when nothing is known of it. */
export function typeOfName(name: string, site: Site, subject: Subject): ValueType | undefined {
  switch (name) {
    case 'input': {
      const { inputSchema } = subject.workflow;
      return inputSchema && { schema: inputSchema, isPromised: true };
    }
    case 'execution':
      return promised(EXECUTION);
    case 'error':
      return promised(CAUGHT);
    case 'result':
      if (site.kind === 'health') return promised(ROLLOUT_SO_FAR);
      return typeOfResult(site, subject);
    case 'with':
      return typeOfArguments(site, subject);
    default:
      return typeOfItem(name, site, subject) ?? typeOfStep(name, subject);
  }
}

/** What a step gives; where a command is asked about, what the command that asks gives. */
function typeOfResult({ node, kind }: Site, subject: Subject): ValueType | undefined {
  if (node === undefined) return undefined;
  if (kind !== 'verification') return typeOfOutput(node, subject);
  const asking = node.step.kind === 'command' ? node.step.verify?.command : undefined;
  return asking === undefined ? undefined : declaredResult(subject.catalogue?.get(asking));
}

function typeOfArguments({ node }: Site, { catalogue }: Subject): ValueType | undefined {
  const schema = node?.step.kind === 'command' ? catalogue?.get(node.step.command)?.parameters : undefined;
  return schema && { schema, isPromised: false };
}

/** What a step gives, unless it says so itself by `output`. */
function typeOfStep(id: string, subject: Subject): ValueType | undefined {
  const node = subject.steps.get(id);
  if (node === undefined || ('output' in node.step && node.step.output !== undefined)) return undefined;
  return typeOfOutput(node, subject);
}

function typeOfOutput({ step }: StepNode, { catalogue, project }: Subject): ValueType | undefined {
  switch (step.kind) {
    case 'command':
      return step.await === 'response' ? declaredResult(catalogue?.get(step.command)) : promised(RECEIPT);
    case 'devices':
      return promised({ type: 'array', items: deviceWith(step.fields) });
    case 'set':
      return promised({ type: 'object', properties: fieldsOf(step.values) });
    case 'parallel':
      return promised({ type: 'object', properties: fieldsOf(step.branches) });
    case 'http':
      return promised(RESPONSE);
    case 'decide': {
      const file = decidedBy(step, project);
      const decided = file && schemaOfDecided(file);
      return decided && promised(decided);
    }
    case 'approve':
      return promised(APPROVAL);
    case 'notify':
      return promised(NOTIFICATION);
    case 'forEach':
      return promised({ type: 'array' });
    default:
      return undefined;
  }
}

function promised(schema: Json): ValueType {
  return { schema, isPromised: true };
}

function declaredResult(command: CommandDefinition | undefined): ValueType | undefined {
  return command?.result && { schema: command.result, isPromised: false };
}

function fieldsOf(record: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.keys(record).map((field) => [field, {}]));
}

/** The item of an iteration over a list of known type: `forEach: "{% $input.sites %}"`. */
function typeOfItem(name: string, site: Site, subject: Subject): ValueType | undefined {
  const iterations = iterationsAround(site);
  const iteration = iterations.find(
    ({ step }, depth) => step.kind === 'forEach' && (step.as === name || (name === 'item' && depth === 0)),
  );
  if (iteration?.step.kind !== 'forEach') return undefined;
  const [list, ...fields] = plainPath(iteration.step.items);
  // A list that is the item of an iteration around is looked up from there.
  const type =
    list === undefined ? undefined : typeOfName(list, { ...site, kind: 'plain', node: iteration }, subject);
  const items = type && schemaOfField(type.schema, fields)?.['items'];
  return type && isJsonObject(items) ? { ...type, schema: withDefinitions(items, type.schema) } : undefined;
}

/** A part of a schema, in which references to the whole's definitions still lead somewhere. */
function withDefinitions(part: JsonObject, whole: Json): JsonObject {
  const definitions = isJsonObject(whole) ? whole['$defs'] : undefined;
  return definitions === undefined ? part : { ...part, $defs: definitions };
}

/** The names of a path, when an expression is nothing else: `$input.site.pumps`. */
function plainPath(text: string): readonly string[] {
  return /^\s*\$([A-Za-z]\w*(?:\.\w+)*)\s*$/.exec(text)?.[1]?.split('.') ?? [];
}

/** The types of a name, or of a field of it, as far as they are known. */
export function jsonTypesOf(
  name: string,
  fields: readonly string[],
  { site, subject }: { readonly site: Site; readonly subject: Subject },
): Types {
  const type = typeOfName(name, site, subject);
  const schema = type && schemaOfField(type.schema, fields);
  return schema && typesIn(schema);
}
