import type { JsonObject } from '#core/json.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { revisionName, TEST_MACHINE, TOLD_CONTEXT } from '../catalogue/revisions.ts';
import { validationFault } from '../faults.ts';
import type { ApiCall } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import type { TestMachine } from './test-machine.ts';

/** What a test machine did. */
export interface TestRun {
  readonly end: ExecutionDescription;
  readonly events: readonly HistoryEvent[];
}

/** Runs the machine of a test as an execution of the engine, to its end. */
export async function runTest(
  { definition, input, context }: TestMachine,
  parts: ApiParts,
  { signal }: ApiCall,
): Promise<TestRun> {
  const told = context === undefined ? {} : { [TOLD_CONTEXT]: context };
  const text = JSON.stringify({ ...definition, ...told });
  const { database, machines } = parts.catalogue;
  const revision = await database.commit(() =>
    machines.addRevision({
      ...{ machine: TEST_MACHINE, revisionId: undefined, type: 'STANDARD', definition: text, roleArn: '' },
      ...{ logging: '{}', tracing: '{}', createdAt: parts.clock.now() },
    }),
  );
  const ref: ExecutionRef = { machine: TEST_MACHINE, name: `${parts.newUuid()}:${parts.newUuid()}` };
  const stop = (): void => void parts.engine.stop(ref, { error: 'TestState', cause: 'nobody waits' });
  try {
    await parts.engine.start(ref, input, { qualifier: String(revision.id) });
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const end = await parts.engine.whenEnded(ref);
    if (signal.aborted) throw validationFault('The test was given up');
    return { end, events: await historyOf(parts, ref) };
  } finally {
    signal.removeEventListener('abort', stop);
    parts.engine.forget(revisionName(TEST_MACHINE, revision.id));
    await database.commit(() => machines.removeRevision(revision.id));
  }
}

/** A test has few events. */
function historyOf({ engine }: ApiParts, ref: ExecutionRef): Promise<readonly HistoryEvent[]> {
  return engine.history(ref, 0);
}

/** The details of the last event whose type has this end. */
export function lastDetails({ events }: TestRun, typeEnd: string): JsonObject | undefined {
  return events.findLast(({ type }) => type.endsWith(typeEnd))?.details;
}
