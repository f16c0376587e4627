import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import type { Catalogue } from './command.ts';
import type { DevicesStep, Step } from './model.ts';
import type { DeviceField } from './step-parts.ts';

/** Bytes of a payload: what a state takes or gives, or a variable holds (Step Functions Developer Guide, "Service quotas"). */
export const MOST_PAYLOAD_BYTES = 262_144;

/** Bytes of JSON that are taken for what is of a known type. */
const ASSUMED = { text: 32, number: 8, device: 512, receipt: 64 } as const;
/** What of a device a short field takes, with its name. */
const SHORT_FIELDS: readonly DeviceField[] = ['id', 'type', 'zone', 'status'];
const FIELD_BYTES = { short: 32, long: 128 } as const;
/** Entries of a list of which its schema does not say how many there are. */
const ASSUMED_ENTRIES = 10;
/** Schemas inside schemas are followed this far. */
const MAX_DEPTH = 16;

/** What the size of a payload depends on besides the definition. */
export interface PayloadFacts {
  readonly catalogue: Catalogue;
  /** Bytes that are taken for a value of which nothing is known. */
  readonly unknownBytes: number;
  /** How often what is inside a step runs, or how many devices it selects; undefined where nobody knows. */
  countOf(step: Step): number | undefined;
}

/** Bytes of JSON that a step may give: by what commands declare, by counts, and where nothing is said, by assumptions. */
export function outputBytes(step: Step, facts: PayloadFacts): number {
  if ('output' in step && step.output !== undefined && step.kind !== 'succeed')
    return valueBytes(step.output, facts);
  switch (step.kind) {
    case 'command':
      return step.await === 'response' ? resultBytes(step.command, facts) : ASSUMED.receipt;
    case 'devices':
      return (facts.countOf(step) ?? 0) * deviceBytes(step);
    case 'choose':
      return Math.max(0, ...step.branches.map(({ steps }) => lastBytes(steps, facts)));
    case 'parallel':
      return sum(
        Object.entries(step.branches).map(([name, steps]) => name.length + 4 + lastBytes(steps, facts)),
      );
    case 'forEach':
      return (facts.countOf(step) ?? 0) * (lastBytes(step.steps, facts) + 1);
    case 'while':
    case 'lock':
      return lastBytes(step.steps, facts);
    case 'set':
      return valueBytes(step.values, facts);
    case 'notify':
      return ASSUMED.receipt;
    case 'http':
    case 'event':
    case 'approve':
    case 'workflow':
    case 'decide':
    case 'asl':
      return facts.unknownBytes;
    default:
      return 0;
  }
}

function deviceBytes({ fields }: DevicesStep): number {
  if (fields === undefined) return ASSUMED.device;
  const given = new Set<DeviceField>(['id', ...fields]);
  return sum([...given].map((field) => FIELD_BYTES[SHORT_FIELDS.includes(field) ? 'short' : 'long']));
}

/** Bytes of the object of the outputs of some steps, by their ids. */
export function outputsBytes(steps: readonly Step[], facts: PayloadFacts): number {
  return sum(steps.map((step) => step.id.length + 4 + outputBytes(step, facts)));
}

/** A list gives what its last step gives. */
function lastBytes(steps: readonly Step[], facts: PayloadFacts): number {
  const last = steps.at(-1);
  return last === undefined ? 0 : outputBytes(last, facts);
}

function resultBytes(command: string, facts: PayloadFacts): number {
  return schemaBytes(facts.catalogue?.get(command)?.result, { facts, depth: 0 });
}

function valueBytes(value: Json, facts: PayloadFacts): number {
  if (typeof value === 'string') {
    return readExpression(value) === undefined ? value.length + 2 : facts.unknownBytes;
  }
  if (Array.isArray(value)) return sum(value.map((entry: Json) => valueBytes(entry, facts) + 1));
  if (!isJsonObject(value)) return ASSUMED.number;
  return sum(Object.entries(value).map(([key, entry]) => key.length + 4 + valueBytes(entry, facts)));
}

interface Inside {
  readonly facts: PayloadFacts;
  readonly depth: number;
}

function schemaBytes(schema: Json | undefined, { facts, depth }: Inside): number {
  if (!isJsonObject(schema) || depth > MAX_DEPTH) return facts.unknownBytes;
  const { type, properties, items, maxItems, maxLength } = schema;
  const inner = { facts, depth: depth + 1 };
  if (type === 'string') return typeof maxLength === 'number' ? maxLength + 2 : ASSUMED.text;
  if (type === 'number' || type === 'integer' || type === 'boolean' || type === 'null') return ASSUMED.number;
  if (type === 'array')
    return (typeof maxItems === 'number' ? maxItems : ASSUMED_ENTRIES) * schemaBytes(items, inner);
  return isJsonObject(properties) ? propertiesBytes(properties, inner) : facts.unknownBytes;
}

function propertiesBytes(properties: JsonObject, inner: Inside): number {
  return sum(Object.entries(properties).map(([key, schema]) => key.length + 4 + schemaBytes(schema, inner)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
