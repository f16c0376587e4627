import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import type { PathScope } from '#expression/json-path/reference.ts';
import type { Interventions } from './interventions.ts';
import type { TemplateScope } from './template.ts';

/** Most bytes that one state may assign, and that all variables of an execution may have (Developer Guide, "Passing data with variables"). */
const MOST_ASSIGNED = 262_144;
const MOST_STORED = 10_485_760;

/** The variables of a machine; a branch or iteration reads those around it and assigns its own. */
export class Variables {
  readonly #outer: Variables | undefined;
  readonly #own = new Map<string, Json>();
  readonly #sizes = new Map<string, number>();
  /** Bytes of all variables of the execution, in every scope that there is. */
  readonly #stored: { bytes: number };

  constructor(outer?: Variables) {
    this.#outer = outer;
    this.#stored = outer === undefined ? { bytes: 0 } : outer.#stored;
  }

  /** Sets variables of this scope; `texts` are their values as JSON. */
  assign(values: JsonObject, texts: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.#own.set(name, value);
      const size = Buffer.byteLength(texts[name] ?? '');
      this.#stored.bytes += size - (this.#sizes.get(name) ?? 0);
      this.#sizes.set(name, size);
    }
  }

  /** Which quota values of these texts would exceed; undefined: none. */
  excess(texts: Readonly<Record<string, string>>): string | undefined {
    let [assigned, replaced] = [0, 0];
    for (const [name, text] of Object.entries(texts)) {
      assigned += Buffer.byteLength(text);
      replaced += this.#sizes.get(name) ?? 0;
    }
    if (assigned > MOST_ASSIGNED) return `assigns variables of ${assigned} bytes, more than ${MOST_ASSIGNED}`;
    const stored = this.#stored.bytes + assigned - replaced;
    return stored > MOST_STORED
      ? `leaves the execution with variables of ${stored} bytes, more than ${MOST_STORED}`
      : undefined;
  }

  /** Gives back the room of this scope, at its end. */
  release(): void {
    for (const size of this.#sizes.values()) this.#stored.bytes -= size;
    this.#sizes.clear();
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
  /** All that the context object tells in place of what is so, where a state is tested. */
  readonly toldContext?: JsonObject | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxPayloadBytes: number;
  readonly interventions: Interventions;
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
    this.#context = execution.toldContext ?? { ...execution.context, ...state.context };
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
