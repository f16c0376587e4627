import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** How a `.sync` integration learns of the end of a job that its action started. */
export interface SyncJob {
  /** The action that tells of the job, and its arguments. */
  readonly describe: string;
  identify(job: StartedJob): JsonObject;
  /** The state of the job, or undefined while nothing is known of it. */
  read(description: JsonObject): JobState | undefined;
  /** States that a job ends in; every other one means that it runs. */
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
  /** The action that stops a job nobody waits for any more, and its arguments. */
  readonly stop?: { readonly action: string; args(job: StartedJob): JsonObject };
}

/** A job that has been started: by what arguments, and what the service answered. */
export interface StartedJob {
  readonly args: JsonObject;
  readonly started: JsonObject;
}

/** What is known of a job; `result` is what the task gives, or the cause of its failure. */
export interface JobState {
  readonly status: string;
  readonly result: JsonObject;
}

/** A value inside of JSON: `at(job, 'Build', 'Id')`; null where there is none. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json {
  let found: Json | undefined = value;
  for (const step of path) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else found = isJsonObject(found) ? found[step] : undefined;
  }
  return found ?? null;
}

/** The state of a job, where it is told. */
export function state(status: Json, result: Json): JobState | undefined {
  return typeof status === 'string' && isJsonObject(result) ? { status, result } : undefined;
}
