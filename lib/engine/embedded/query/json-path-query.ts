import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { parsePath } from '#expression/json-path/parse-path.ts';
import { JsonPathError } from '#expression/json-path/path-error.ts';
import { evaluateReference, fillPayload, IntrinsicFailure } from '#expression/json-path/payload-template.ts';
import { PathNotFound, type PathScope, placeAt, resolveReference } from '#expression/json-path/reference.ts';
import type { Catcher, State } from '../definition.ts';
import { StateFault } from '../failure.ts';
import type { StateScope } from '../state-scope.ts';
import type { Fields, FieldValue, Leaving, Query, RuleFields } from './query.ts';

/** Data by JSONPath: InputPath, Parameters, ResultSelector, ResultPath, OutputPath and Assign, in this order. */
export class JsonPathQuery implements Query {
  readonly #state: State;
  readonly #scope: StateScope;
  #input: { readonly value: Json } | undefined;

  constructor(state: State, scope: StateScope) {
    this.#state = state;
    this.#scope = scope;
  }

  input(): Json {
    this.#input ??= { value: this.#select(this.#state.InputPath, this.#scope.input) };
    return this.#input.value;
  }

  async payload(holder: Fields, context?: JsonObject): Promise<Json> {
    const { Parameters } = holder;
    return Parameters === undefined ? this.input() : this.template(toJson(Parameters), 'Parameters', context);
  }

  async template(value: Json, _field: string, context?: JsonObject): Promise<Json> {
    return this.#fill(value, this.#scope.paths(this.input(), context));
  }

  async value(holder: Fields, field: string): Promise<FieldValue | undefined> {
    const path = holder[`${field}Path`];
    if (typeof path === 'string')
      return { field: `${field}Path`, path, value: this.#reference(path, `${field}Path`) };
    const value = holder[field];
    return value === undefined ? undefined : { field, value: toJson(value) };
  }

  async leave(result: Json): Promise<Leaving> {
    const state = this.#state;
    const variables = this.#variables('Assign' in state ? state.Assign : undefined, result);
    const selector = 'ResultSelector' in state ? state.ResultSelector : undefined;
    const selected = selector === undefined ? result : this.#fill(selector, this.#scope.paths(result));
    const placed = this.#place('ResultPath' in state ? state.ResultPath : undefined, selected);
    return { output: this.#select(state.OutputPath, placed), variables };
  }

  async leaveChosen(rule: RuleFields | undefined): Promise<Leaving> {
    const own = 'Assign' in this.#state ? this.#state.Assign : undefined;
    const variables = this.#variables(rule === undefined ? own : rule.Assign, this.input());
    return { output: this.#select(this.#state.OutputPath, this.input()), variables };
  }

  async leaveCaught({ ResultPath, Assign }: Catcher, errorOutput: JsonObject): Promise<Leaving> {
    const variables = this.#variables(Assign, errorOutput);
    return { output: this.#place(ResultPath, errorOutput), variables };
  }

  #variables(assign: JsonObject | undefined, input: Json): JsonObject {
    if (assign === undefined) return {};
    const variables = this.#fill(assign, this.#scope.paths(input));
    return isJsonObject(variables) ? variables : {};
  }

  /** InputPath and OutputPath: null stands for an empty object. */
  #select(path: string | null | undefined, input: Json): Json {
    if (path === undefined || path === '$') return input;
    if (path === null) return {};
    try {
      return resolveReference(path, this.#scope.paths(input));
    } catch (error) {
      throw faultOf(error, (notFound) => `Invalid path '${path}' : ${notFound.message}`);
    }
  }

  /** ResultPath: null leaves the result out. */
  #place(path: string | null | undefined, result: Json): Json {
    if (path === undefined || path === '$') return result;
    const { input } = this.#scope;
    if (path === null) return input;
    const placed = placeAt(parsePath(path), input, result);
    if (placed !== undefined) return placed;
    throw new StateFault(
      'States.ResultPathMatchFailure',
      `Unable to apply the ResultPath '${path}' to the input '${JSON.stringify(input)}'`,
    );
  }

  #fill(template: Json, scope: PathScope): Json {
    let field = '';
    try {
      return fillPayload(template, scope, (name) => {
        field = name;
      });
    } catch (error) {
      throw faultOf(error, notFoundIn(field, scope));
    }
  }

  #reference(path: string, field: string): Json {
    const scope = this.#scope.paths(this.input());
    const isMessage = field === 'ErrorPath' || field === 'CausePath';
    try {
      return evaluateReference(path, scope);
    } catch (error) {
      throw faultOf(
        error,
        isMessage ? notFoundIn(field, scope) : (notFound) => `Invalid path '${path}' : ${notFound.message}`,
      );
    }
  }
}

function notFoundIn(field: string, { input }: PathScope): (notFound: PathNotFound) => string {
  return ({ path }) =>
    `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`;
}

/** What went wrong, as Step Functions tells it; anything else is a defect of ours. */
function faultOf(error: unknown, describe: (notFound: PathNotFound) => string): unknown {
  if (error instanceof PathNotFound)
    return new StateFault('States.Runtime', describe(error), { cause: error });
  if (error instanceof JsonPathError)
    return new StateFault('States.Runtime', error.message, { cause: error });
  if (!(error instanceof IntrinsicFailure)) return error;
  const reason = `The function '${error.call}' had the following error: ${error.message}`;
  return new StateFault('States.IntrinsicFailure', reason, { cause: error });
}

function toJson(value: unknown): Json {
  // A checked definition is JSON throughout.
  return value as Json;
}
