import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { readMachineExpression } from '#expression/delimiters.ts';
import type { Catcher, State } from '../definition.ts';
import type { StateScope } from '../state-scope.ts';
import { evaluateTemplate, type TemplateScope } from '../template.ts';
import type { Fields, FieldValue, Leaving, Query, RuleFields } from './query.ts';

/** Data by JSONata: Arguments, Output and Assign, over `$states` and the variables. */
export class JsonataQuery implements Query {
  readonly #state: State;
  readonly #scope: StateScope;

  constructor(state: State, scope: StateScope) {
    this.#state = state;
    this.#scope = scope;
  }

  input(): Json {
    return this.#scope.input;
  }

  async payload(holder: Fields, context?: JsonObject): Promise<Json> {
    const written = jsonField(holder, 'Arguments');
    return written === undefined ? this.input() : this.template(written, 'Arguments', context);
  }

  template(value: Json, field: string, context?: JsonObject): Promise<Json> {
    return evaluateTemplate(value, this.#scope.with({}, context), field);
  }

  async value(holder: Fields, field: string): Promise<FieldValue | undefined> {
    const written = jsonField(holder, field);
    if (written === undefined) return undefined;
    const value = await evaluateTemplate(written, this.#scope.with(), field);
    const expression = typeof written === 'string' ? readMachineExpression(written)?.text : undefined;
    return { field, value, ...(expression === undefined ? {} : { expression }) };
  }

  leave(result: Json): Promise<Leaving> {
    return this.#leave(ownFields(this.#state), this.#scope.with({ result }), result);
  }

  leaveChosen(rule: RuleFields | undefined): Promise<Leaving> {
    const own = ownFields(this.#state);
    const fields = rule === undefined ? own : { Output: rule.Output ?? own.Output, Assign: rule.Assign };
    return this.#leave(fields, this.#scope.with(), this.input());
  }

  leaveCaught(catcher: Catcher, errorOutput: JsonObject): Promise<Leaving> {
    return this.#leave(catcher, this.#scope.with({ errorOutput }), errorOutput);
  }

  async #leave({ Output, Assign }: RuleFields, scope: TemplateScope, otherwise: Json): Promise<Leaving> {
    const output = Output === undefined ? otherwise : await evaluateTemplate(Output, scope, 'Output');
    const variables = Assign === undefined ? {} : await evaluateTemplate(Assign, scope, 'Assign');
    return { output, variables: isJsonObject(variables) ? variables : {} };
  }
}

function ownFields(state: State): RuleFields {
  return {
    Output: 'Output' in state ? state.Output : undefined,
    Assign: 'Assign' in state ? state.Assign : undefined,
  };
}

function jsonField(holder: Fields, field: string): Json | undefined {
  // A checked definition is JSON throughout.
  return holder[field] as Json | undefined;
}
