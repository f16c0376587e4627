import type { Json, JsonObject } from '#core/json.ts';
import type { Catcher, State } from '../definition.ts';
import type { StateScope } from '../state-scope.ts';
import { JsonPathQuery } from './json-path-query.ts';
import { JsonataQuery } from './jsonata-query.ts';

/** What a state leaves behind: its output, and the variables that it sets. */
export interface Leaving {
  readonly output: Json;
  readonly variables: JsonObject;
}

/** A field's value, and how it was written: told when the value is of a wrong kind. */
export interface FieldValue {
  /** Name of the field, with `Path` where it is one. */
  readonly field: string;
  readonly value: Json;
  /** The JSONata between the delimiters. */
  readonly expression?: string;
  /** The JSONPath. */
  readonly path?: string;
}

/** What writes a field: a state, or a part of one such as its ItemBatcher. */
export type Fields = Readonly<Record<string, unknown>>;

/** What of a Choice state replaces the state's own Output and Assign. */
export interface RuleFields {
  readonly Output?: Json | undefined;
  readonly Assign?: JsonObject | undefined;
}

/**
 * How one state reads and shapes its data in its query language. All of it throws StateFault for what cannot be evaluated.
 */
export interface Query {
  /** What the state works on: what its InputPath selects, or all of its input. */
  input(): Json;
  /** What the state hands on: its Arguments or Parameters, or its input where it has neither. */
  payload(holder: Fields, context?: JsonObject): Promise<Json>;
  /** What a template gives; `field` names it. `context` is added to the context object. */
  template(value: Json, field: string, context?: JsonObject): Promise<Json>;
  /** The value of a field that is written as it is, as an expression, or as a path under its name and `Path`. */
  value(holder: Fields, field: string): Promise<FieldValue | undefined>;
  /** What comes of the state when it has this result. */
  leave(result: Json): Promise<Leaving>;
  /** What comes of a Choice state when it takes this rule, or its Default. */
  leaveChosen(rule: RuleFields | undefined): Promise<Leaving>;
  /** What comes of the state when a catcher takes its failure. */
  leaveCaught(catcher: Catcher, errorOutput: JsonObject): Promise<Leaving>;
}

/** How a state with this scope reads its data. */
export function queryOf(state: State, scope: StateScope): Query {
  return state.QueryLanguage === 'JSONata' ? new JsonataQuery(state, scope) : new JsonPathQuery(state, scope);
}
