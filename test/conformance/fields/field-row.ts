import type { Json, JsonObject } from '#core/json.ts';
import type { MockedStates } from '#engine/embedded/mocks.ts';

/** A small machine that shows that something works, and what comes of it. */
export interface Proof {
  /** The first state comes first. */
  readonly states: Readonly<Record<string, JsonObject>>;
  /** Fields of the machine besides. */
  readonly machine?: JsonObject;
  /** Default `{}`. */
  readonly input?: Json;
  /** Answers of tasks. */
  readonly mocks?: MockedStates;
  /** Objects of the bucket `data`, by key: a folder of files. A Uint8Array is not text. */
  readonly objects?: Readonly<Record<string, string | Uint8Array>>;
  readonly gives: Outcome;
}

/** What it takes more than one run of a machine to show, such as a redrive; query languages make no difference to it. */
export interface Scene {
  /** Plays it on a real engine, through the real API where there is one. */
  play(): Promise<Json>;
  readonly shows: Json;
}

/** How a machine ends; in outputs and causes, placeholders stand for what differs from run to run. */
export type Outcome =
  | { readonly output: Json }
  | { readonly error: string; readonly cause?: string }
  /** It is refused when it is created. */
  | { readonly refused: true };

/** One thing that States Language has, with a proof for each query language that has it. */
export interface FieldRow {
  readonly field: string;
  /** The page that gives the rule. */
  readonly source: string;
  readonly jsonata?: Proof;
  readonly jsonpath?: Proof;
  /** Stands for both. */
  readonly scene?: Scene;
}

/** What belongs together, such as the fields of one type of state. */
export interface FieldGroup {
  readonly title: string;
  readonly rows: readonly FieldRow[];
}

/** A page of the AWS Step Functions Developer Guide. */
export function guide(page: string): string {
  return `https://docs.aws.amazon.com/step-functions/latest/dg/${page}.html`;
}

/** A Pass state that ends its block. */
export function pass(fields: JsonObject = {}): JsonObject {
  return { Type: 'Pass', ...fields, ...(fields['Next'] === undefined ? { End: true } : {}) };
}

/** A Task state whose answers come from `mocks`. It ends its block, unless its fields say where it goes. */
export function task(fields: JsonObject = {}): JsonObject {
  const Resource = 'arn:aws:states:::sqs:sendMessage';
  return { Type: 'Task', Resource, ...fields, ...(fields['Next'] === undefined ? { End: true } : {}) };
}

/** A block of one state. */
export function blockOf(state: JsonObject, name = 'x'): JsonObject {
  return { StartAt: name, States: { [name]: state } };
}

/** A machine of one state, and what it gives. */
export function proof(state: JsonObject, gives: Outcome, more: Partial<Proof> = {}): Proof {
  return { states: { a: state }, gives, ...more };
}

/** An error that a task answers with. */
export function failing(error: string, cause = 'why'): MockedStates[string][number] {
  return { Throw: { Error: error, Cause: cause } };
}
