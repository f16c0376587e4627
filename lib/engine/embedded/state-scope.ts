import type { Clock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import type { PathScope } from '#expression/json-path/reference.ts';
import type { Work } from './admission/work.ts';
import type { Interventions } from './interventions.ts';
import type { TemplateScope } from './template.ts';

/** Most bytes that one state may assign, and that all variables of an execution may have (Developer Guide, "Passing data with variables"). */
const MOST_ASSIGNED = 262_144;
const MOST_STORED = 10_485_760;

/** The variables of a machine; a branch or iteration reads those around it and assigns its own. */
export class Variables {
  readonly #outer: Variables | undefined;
  readonly #own: Record<string, Json> = Object.create(null);
  // Made with the first variable: most executions that wait have none.
  #sizes: Map<string, number> | undefined;
  /** Bytes of all variables of the execution, in every scope that there is. */
  readonly #stored: { bytes: number };
  #visible: JsonObject | undefined;

  constructor(outer?: Variables) {
    this.#outer = outer;
    this.#stored = outer === undefined ? { bytes: 0 } : outer.#stored;
  }

  /** Sets variables of this scope; `texts` are their values as JSON. */
  assign(values: JsonObject, texts: Readonly<Record<string, string>>): void {
    this.#sizes ??= new Map();
    for (const name of Object.keys(values)) {
      this.#own[name] = values[name] ?? null;
      const size = Buffer.byteLength(texts[name] ?? '');
      this.#stored.bytes += size - (this.#sizes.get(name) ?? 0);
      this.#sizes.set(name, size);
    }
    this.#visible = undefined;
  }

  /** Which quota values of these texts would exceed; undefined: none. */
  excess(texts: Readonly<Record<string, string>>): string | undefined {
    let [assigned, replaced] = [0, 0];
    for (const [name, text] of Object.entries(texts)) {
      assigned += Buffer.byteLength(text);
      replaced += this.#sizes?.get(name) ?? 0;
    }
    if (assigned > MOST_ASSIGNED) return `assigns variables of ${assigned} bytes, more than ${MOST_ASSIGNED}`;
    const stored = this.#stored.bytes + assigned - replaced;
    return stored > MOST_STORED
      ? `leaves the execution with variables of ${stored} bytes, more than ${MOST_STORED}`
      : undefined;
  }

  /** Gives back the room of this scope, at its end. */
  release(): void {
    for (const size of this.#sizes?.values() ?? []) this.#stored.bytes -= size;
    this.#sizes = undefined;
  }

  /** Every variable that can be read here, until the next is set: those around stay as they are while something inside runs. */
  visible(): JsonObject {
    if (this.#outer === undefined) return this.#own;
    this.#visible ??= { ...this.#outer.visible(), ...this.#own };
    return this.#visible;
  }
}

/** A part of the context object: most states never read it, so that it is made when one does. */
export type ContextPart = () => JsonObject;

/** What all states of an execution share. */
export interface ExecutionContext {
  /** `$states.context.Execution` and `.StateMachine`. */
  readonly context: ContextPart;
  /** All that the context object tells in place of what is so, where a state is tested. */
  readonly toldContext?: JsonObject | undefined;
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
  readonly #parts: readonly ContextPart[];
  #context: JsonObject | undefined;

  /** `parts` are what the context object tells besides the execution; of two, the later holds. */
  constructor(
    execution: ExecutionContext,
    variables: Variables,
    state: { readonly input: Json; readonly parts: readonly ContextPart[] },
  ) {
    this.execution = execution;
    this.variables = variables;
    this.input = state.input;
    this.#parts = state.parts;
  }

  /** The scope of expressions, with what has come of the state so far and what else the context object tells. */
  with(
    outcome: { readonly result?: Json; readonly errorOutput?: Json } = {},
    more?: JsonObject,
  ): TemplateScope {
    return {
      variables: this.variables.visible(),
      states: { input: this.input, ...outcome },
      context: () => this.#contextWith(more),
      random: this.execution.random,
    };
  }

  /** The scope of paths, with what `$` is and what else the context object tells. */
  paths(input: Json, more?: JsonObject): PathScope {
    const contextWith = (): JsonObject => this.#contextWith(more);
    return {
      input,
      get context() {
        return contextWith();
      },
      variables: this.variables.visible(),
      random: this.execution.random,
    };
  }

  /** This scope, with more in its context object. */
  within(part: ContextPart): StateScope {
    const { execution, variables, input } = this;
    return new StateScope(execution, variables, { input, parts: [...this.#parts, part] });
  }

  #contextWith(more: JsonObject | undefined): JsonObject {
    this.#context ??= this.#made();
    return more === undefined ? this.#context : { ...this.#context, ...more };
  }

  #made(): JsonObject {
    const { toldContext } = this.execution;
    if (toldContext !== undefined) return toldContext;
    const context: Record<string, Json> = { ...this.execution.context() };
    for (const part of this.#parts) Object.assign(context, part());
    return context;
  }
}
