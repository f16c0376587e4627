import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import type { PathScope } from '#expression/json-path/reference.ts';
import type { Work } from './admission/work.ts';
import type { Interventions } from './interventions.ts';
import type { TemplateScope } from './template.ts';

/** The variables of a machine; a branch or iteration reads those around it and assigns its own. */
export class Variables {
  readonly #outer: Variables | undefined;
  readonly #own = new Map<string, Json>();

  constructor(outer?: Variables) {
    this.#outer = outer;
  }

  /** Sets variables of this scope. */
  assign(values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) this.#own.set(name, value);
  }

  /** Every variable that can be read here. */
  visible(): Record<string, Json> {
    return { ...this.#outer?.visible(), ...Object.fromEntries(this.#own) };
  }
}

/** What all states of an execution share. */
export interface ExecutionContext {
  /** `$states.context.Execution` and `.StateMachine`. */
  readonly context: JsonObject;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxPayloadBytes: number;
  readonly interventions: Interventions;
  readonly work: Work;
}

/** What the expressions of one state see. */
export class StateScope {
  readonly execution: ExecutionContext;
  readonly variables: Variables;
  readonly input: Json;
  readonly #context: JsonObject;

  constructor(
    execution: ExecutionContext,
    variables: Variables,
    state: { readonly input: Json; readonly context: JsonObject },
  ) {
    this.execution = execution;
    this.variables = variables;
    this.input = state.input;
    this.#context = { ...execution.context, ...state.context };
  }

  /** The scope of expressions, with what has come of the state so far and what else the context object tells. */
  with(
    more: { readonly result?: Json; readonly errorOutput?: Json; readonly context?: JsonObject } = {},
  ): TemplateScope {
    const { context, ...outcome } = more;
    const states = { input: this.input, ...outcome, context: { ...this.#context, ...context } };
    return { bindings: { ...this.variables.visible(), states }, random: this.execution.random };
  }

  /** The scope of paths, with what `$` is and what else the context object tells. */
  paths(input: Json, context: JsonObject = {}): PathScope {
    return {
      input,
      context: { ...this.#context, ...context },
      variables: this.variables.visible(),
      random: this.execution.random,
    };
  }

  /** This scope, with more in its context object. */
  within(context: JsonObject): StateScope {
    return new StateScope(this.execution, this.variables, {
      input: this.input,
      context: { ...this.#context, ...context },
    });
  }
}
