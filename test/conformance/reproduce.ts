import { setTimeout } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { MockedStates } from '#engine/embedded/mocks.ts';
import type { ObjectStore } from '#engine/embedded/services/object-store.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { EngineRun } from '#support/engine-run.ts';
import type { RecordedCase } from './recorded-case.ts';
import { recordedObjects } from './recorded-objects.ts';

/** What the embedded engine makes of a case. */
export type Reproduction =
  | { readonly kind: 'ended'; readonly run: ReproducedRun }
  /** The definition is not taken; why. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It did not come to an end, or the engine itself broke; how. */
  | { readonly kind: 'broken'; readonly reason: string };

/** A run of a case that came to an end. Absent values are null, as in the recordings. */
export interface ReproducedRun {
  readonly status: string;
  readonly output: Json;
  readonly error: string | null;
  readonly cause: string | null;
  readonly history: readonly HistoryEvent[];
}

/** The part of a case that it takes to run it. */
export interface RunnableCase extends Pick<RecordedCase, 'definition' | 'input' | 'objects'> {
  readonly mocks?: MockedStates | undefined;
  /** Where objects are, in place of those that were recorded. */
  readonly store?: ObjectStore | undefined;
}

/** Runs a case on a fresh embedded engine, in memory, on a clock on which waits cost nothing. */
export async function reproduce(recorded: RunnableCase): Promise<Reproduction> {
  using run = new EngineRun(
    {},
    {
      mocks: recorded.mocks ?? {},
      objects: recorded.store ?? recordedObjects(recorded.objects ?? []),
    },
  );
  const machine = 'case';
  try {
    await run.engine.deploy({ name: machine, definition: definitionOf(recorded) });
  } catch (error) {
    if (error instanceof StepwrightError) return { kind: 'refused', reason: error.message };
    return { kind: 'broken', reason: told(error) };
  }
  try {
    const ref = { machine, name: 'case' };
    await run.engine.start(ref, recorded.input);
    const { status, output, error, cause } = await finish(run, ref);
    const history: HistoryEvent[] = [];
    for (let page = await run.engine.history(ref, 0); page.length > 0; ) {
      history.push(...page);
      page = await run.engine.history(ref, history.length);
    }
    return {
      kind: 'ended',
      run: { status, output: output ?? null, error: error ?? null, cause: cause ?? null, history },
    };
  } catch (error) {
    return { kind: 'broken', reason: told(error) };
  }
}

/** How long something outside the event loop, such as a digest, may take when time has nothing set, in ms. */
const PATIENCE_MS = 1_000;

/** Lets time go by until an execution has ended. Real time goes by a little, too: digests are made in threads of their own. */
async function finish(run: EngineRun, ref: ExecutionRef): Promise<ExecutionDescription> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs++) {
    await run.quiet();
    const description = await run.engine.describe(ref);
    if (description !== undefined && description.status !== 'RUNNING') return description;
    await setTimeout(1);
    if (await run.clock.advanceToNext()) waitedMs = 0;
  }
  throw new Error('the execution waits for nothing');
}

/** Some recordings hold a definition that is not even JSON. */
function definitionOf({ definition }: RunnableCase): JsonObject {
  if (typeof definition !== 'string') return definition;
  const parsed: Json = JSON.parse(definition);
  if (isJsonObject(parsed)) return parsed;
  throw new TypeError('the definition is no object');
}

function told(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
