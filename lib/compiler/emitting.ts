import type { Json } from '#core/json.ts';
import { isJsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecideStep, Step, WorkflowStep } from '#definition/model.ts';
import { delimit, readExpression } from '#expression/delimiters.ts';
import { bind } from './bindings.ts';
import { type Names, resolveAt } from './names.ts';
import type { Place } from './place.ts';
import type { Emission, Exit } from './states.ts';
import { literal } from './text.ts';

/** What the emitters of all kinds of steps work with. */
export interface Emitter extends Names {
  /** Name of the workflow. */
  readonly workflow: string;
  /** The version of the workflow that a step calls. */
  versionOf(step: WorkflowStep): string;
  /** The version of the workflow that undoes what one called by a step did. */
  undoVersionOf(step: WorkflowStep): string;
  /** The version of the decision that a step asks. */
  decisionVersionOf(step: DecideStep): string;
  /** The decision that a step asks, where it is known. */
  decisionOf(step: DecideStep): DecisionFile | undefined;
  /** Ids of the steps whose decisions have become Choice states; they are added as they are emitted. */
  readonly inlined: Set<string>;
  /** The states of a list of steps. It stands here because steps that hold lists and lists of steps need each other. */
  emitList(steps: readonly Step[], at: Emitting): Emission;
}

/** What a step's states depend on besides the step itself. */
export interface Emitting {
  readonly emitter: Emitter;
  readonly place: Place;
  readonly exit: Exit;
  readonly scopeEnd: ScopeEnd;
  /** Where the flow goes on when a failure of the step has been handled. */
  readonly handled: Exit;
  /** Whether units of pools are held, which have to be given back also when the step fails. */
  readonly held: boolean;
}

/** The output of the scope around, as values of States Language. */
export interface ScopeEnd {
  /** When all its steps are through. */
  readonly output: Json;
  /** When a `succeed` ends it early, with a value of its own. */
  outputWith(value: Json): Json;
}

/** An author's expression (text without delimiters) with its names bound. */
export function boundText(text: string, { place, emitter }: Emitting): string {
  return bind(text, resolveAt(place, emitter));
}

/** An author's expression as a value of States Language. */
export function boundValue(text: string, at: Emitting): string {
  return delimit(boundText(text, at));
}

/** An author's value with the names of all expressions in it bound. */
export function boundTemplate(value: Json, at: Emitting): Json {
  if (typeof value === 'string') {
    const expression = readExpression(value);
    return expression === undefined ? plainText(value) : boundValue(expression.text, at);
  }
  if (Array.isArray(value)) return value.map((entry: Json) => boundTemplate(entry, at));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, boundTemplate(entry, at)]));
}

/** An author's condition as a value of States Language, which takes nothing but true and false there. */
export function boundCondition(text: string, at: Emitting): string {
  return boundValue(`(${text}) ? true : false`, at);
}

/** States Language refuses texts that have one delimiter of an expression and lack the other. */
function plainText(text: string): string {
  return text.startsWith('{%') || text.endsWith('%}') ? delimit(literal(text)) : text;
}
