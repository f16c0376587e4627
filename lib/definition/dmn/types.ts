import type { Json, JsonObject } from '#core/json.ts';
import { type Cell, parseCell } from '../decision/cell.ts';
import type { DmnFaults } from './faults.ts';
import { childOf, childrenOf, type DmnModel, nameOf, textOf } from './model.ts';
import type { XmlElement } from './xml.ts';

/** What is known of a value in FEEL. `any` is everything. */
export interface FeelType {
  readonly kind: 'number' | 'string' | 'boolean' | 'date' | 'null' | 'list' | 'context' | 'any';
  /** Of a context, the types by name. */
  readonly fields?: ReadonlyMap<string, FeelType>;
}

/** A type of a model: as FEEL has it, and as JSON Schema without null, which every value may be in DMN. */
export interface DmnType {
  readonly feel: FeelType;
  readonly schema: JsonObject;
  /** Of a list, the type of what is in it. */
  readonly item?: DmnType;
}

const MAX_TYPE_DEPTH = 20;
const ANY: DmnType = { feel: { kind: 'any' }, schema: {} };

const BUILT_IN: Readonly<Record<string, DmnType>> = {
  any: ANY,
  number: { feel: { kind: 'number' }, schema: { type: 'number' } },
  string: { feel: { kind: 'string' }, schema: { type: 'string' } },
  boolean: { feel: { kind: 'boolean' }, schema: { type: 'boolean' } },
  date: { feel: { kind: 'date' }, schema: { type: 'string', format: 'date' } },
  time: { feel: { kind: 'any' }, schema: { type: 'string' } },
  'date and time': { feel: { kind: 'any' }, schema: { type: 'string' } },
  datetime: { feel: { kind: 'any' }, schema: { type: 'string' } },
  duration: { feel: { kind: 'any' }, schema: { type: 'string' } },
  'days and time duration': { feel: { kind: 'any' }, schema: { type: 'string' } },
  'years and months duration': { feel: { kind: 'any' }, schema: { type: 'string' } },
  daytimeduration: { feel: { kind: 'any' }, schema: { type: 'string' } },
  yearmonthduration: { feel: { kind: 'any' }, schema: { type: 'string' } },
};

/** Reads the types of a model. */
export class DmnTypes {
  readonly #model: DmnModel;
  readonly #faults: DmnFaults;

  constructor(model: DmnModel, faults: DmnFaults) {
    this.#model = model;
    this.#faults = faults;
  }

  /** The type that an element names by `typeRef`; any, where it names none. */
  of(element: XmlElement | undefined, depth = 0): DmnType {
    const named = element?.attributes.get('typeRef') ?? childOf(element, 'typeRef')?.text.trim();
    if (element === undefined || named === undefined || named === '') return ANY;
    const name = named.replace(/^(?:feel|[A-Za-z]\w*):/, '').trim();
    const own = this.#model.types.get(name);
    if (own !== undefined) return this.#defined(own, depth + 1);
    const builtIn = Object.hasOwn(BUILT_IN, name.toLowerCase()) ? BUILT_IN[name.toLowerCase()] : undefined;
    if (builtIn === undefined) this.#faults.unsaid(element, `there is no type "${named}"`);
    return builtIn ?? ANY;
  }

  #defined(definition: XmlElement, depth: number): DmnType {
    if (depth > MAX_TYPE_DEPTH) {
      this.#faults.unsaid(
        definition,
        `the type goes by itself, or by others more than ${MAX_TYPE_DEPTH} deep`,
      );
      return ANY;
    }
    const components = childrenOf(definition, 'itemComponent');
    const base = components.length > 0 ? this.#structure(components, depth) : this.of(definition, depth);
    const allowed = this.restricted(base, childOf(definition, 'allowedValues'));
    if (definition.attributes.get('isCollection') !== 'true') return allowed;
    return {
      feel: { kind: 'list' },
      schema: { type: 'array', items: orNull(allowed.schema) },
      item: allowed,
    };
  }

  #structure(components: readonly XmlElement[], depth: number): DmnType {
    const fields = components.map((each) => [nameOf(each), this.#defined(each, depth + 1)] as const);
    return {
      feel: { kind: 'context', fields: new Map(fields.map(([name, { feel }]) => [name, feel])) },
      schema: {
        type: 'object',
        properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, orNull(schema)])),
      },
    };
  }

  /** A type with what its values may be; `allowed` is a list of values, or a range of numbers. */
  restricted(type: DmnType, allowed: XmlElement | undefined): DmnType {
    const text = textOf(allowed);
    if (allowed === undefined || text === '') return type;
    const cell = parseCell(text);
    const schema = 'message' in cell ? undefined : (enumOf(cell) ?? rangeOf(cell));
    if (schema === undefined) {
      this.#faults.unsaid(allowed, `allowed values are listed, or one range of numbers, not: ${text}`);
      return type;
    }
    return { ...type, schema: { ...type.schema, ...schema } };
  }
}

function enumOf({ isNegated, tests }: Cell): JsonObject | undefined {
  const values = tests.flatMap((test): Json[] =>
    test.kind === 'compare' &&
    test.operator === '=' &&
    (typeof test.value !== 'object' || test.value === null)
      ? [test.value]
      : [],
  );
  return !isNegated && values.length === tests.length && values.length > 0 ? { enum: values } : undefined;
}

function rangeOf({ isNegated, tests: [test, ...others] }: Cell): JsonObject | undefined {
  if (isNegated || test === undefined || others.length > 0) return undefined;
  if (test.kind === 'interval') {
    if (typeof test.from !== 'number' || typeof test.to !== 'number') return undefined;
    return {
      [test.includesFrom ? 'minimum' : 'exclusiveMinimum']: test.from,
      [test.includesTo ? 'maximum' : 'exclusiveMaximum']: test.to,
    };
  }
  const keyword = { '>': 'exclusiveMinimum', '>=': 'minimum', '<': 'exclusiveMaximum', '<=': 'maximum' }[
    test.operator
  ];
  return keyword === undefined || typeof test.value !== 'number' ? undefined : { [keyword]: test.value };
}

/** A schema with null beside what it allows. */
export function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values, ...others } = schema;
  return {
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(values) ? { enum: values.includes(null) ? values : [...values, null] } : {}),
    ...others,
  };
}
