import type { Json, JsonObject } from '#core/json.ts';
import type { CompiledDecision } from './decision.ts';
import { decisionFault } from './fault.ts';
import { evaluateFormula, type Formula } from './formula.ts';
import type { Names } from './native.ts';
import type { Reads } from './reads.ts';
import type { Steps } from './steps.ts';
import type { Trace } from './trace.ts';

/** How deep decisions may go by decisions. */
export const MAX_DEPTH = 16;

/** What an evaluation is part of. */
export interface RunOf {
  /** In how many other decisions it is. */
  readonly depth: number;
  /** How much time there is, in ms. */
  readonly leftMs: () => number;
  /** Where it is noted what is read of the input. */
  readonly reads?: Reads | undefined;
}

/** One evaluation of a decision: what it sees, what it has found out so far, and what it has read. */
export class Run {
  readonly decision: CompiledDecision;
  /** What its table looks at; expressions see it as it is. */
  readonly input: JsonObject;
  /** What is told of the decisions that this one went by. */
  used: Map<string, Trace> | undefined;
  /** The names of reference data that were read. */
  dataRead: Set<string> | undefined;
  readonly depth: number;
  readonly leftMs: () => number;
  readonly reads: Reads | undefined;
  readonly #names: Record<string, Json | undefined>;
  /** The decisions that it has asked, by the name they have in it. */
  #asked: Set<string> | undefined;
  #known: Map<Formula, Json | undefined> | undefined;

  constructor(decision: CompiledDecision, input: JsonObject, of: RunOf) {
    this.decision = decision;
    this.input = of.reads?.watch(input) ?? input;
    this.depth = of.depth;
    this.leftMs = of.leftMs;
    this.reads = of.reads;
    this.#names = { input, data: decision.data };
  }

  /** The value of an expression; one that is pure is evaluated once. */
  *value(formula: Formula): Steps<Json | undefined> {
    if (this.#known?.has(formula) === true) return this.#known.get(formula);
    if (this.reads !== undefined) noteReads(formula, this.reads);
    for (const { name, field } of formula.reads) {
      if (name === 'data') this.#noteData(field);
      else if (this.decision.uses.has(name) && !Object.hasOwn(this.#names, name)) yield* this.#use(name);
    }
    const value = yield* evaluateFormula(formula, this.#names, this.leftMs);
    if (formula.isPure && formula.native === undefined) {
      this.#known ??= new Map();
      this.#known.set(formula, value);
    }
    return value;
  }

  /** Whether an expression is true. Throws Decision.Failed when it gives neither true nor false. */
  *isTrue(formula: Formula): Steps<boolean> {
    const value = yield* this.value(formula);
    if (typeof value === 'boolean') return value;
    const given = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
    throw decisionFault('Decision.Failed', formula.place, `the expression gives ${given}, not true or false`);
  }

  /** Whether an expression over the `$value` of an input is true. */
  *holds(formula: Formula, input: string): Steps<boolean> {
    this.#names['value'] = this.input[input];
    return yield* this.isTrue(formula);
  }

  /** What the expressions see. */
  get names(): Names {
    return this.#names;
  }

  #noteData(field: string | undefined): void {
    this.dataRead ??= new Set();
    if (field !== undefined) this.dataRead.add(field);
    else for (const name of Object.keys(this.decision.data)) this.dataRead.add(name);
  }

  *#use(name: string): Steps<void> {
    const used = this.decision.uses.get(name);
    if (used === undefined) return;
    const place = `decisions.${name}`;
    if (this.depth >= MAX_DEPTH) {
      throw decisionFault(
        'Decision.TooDeep',
        place,
        `decisions go by each other more than ${MAX_DEPTH} deep`,
      );
    }
    this.#asked ??= new Set();
    if (this.#asked.has(name))
      throw decisionFault('Decision.TooDeep', place, 'this waits for what is decided here, in a circle');
    this.#asked.add(name);
    const { output, trace } = yield* used.decide(this);
    this.used ??= new Map();
    this.used.set(name, trace);
    this.#names[name] = output;
  }
}

function noteReads({ isPure, inputs }: Formula, reads: Reads): void {
  if (!isPure) reads.isPure = false;
  for (const path of inputs) reads.note(path);
}
