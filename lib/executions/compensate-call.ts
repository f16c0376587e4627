import { RuntimeError, StepwrightError } from '#core/error.ts';
import { spanIdOf } from '#core/trace-context.ts';
import { fillDeferred } from '#devices/deferred.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { childName } from './call-workflow.ts';
import { answerParent, outputOf } from './children.ts';
import { getExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { startExecution } from './start.ts';
import { traceparentUnder } from './traceparent.ts';
import type { Compensable } from './undo-calls.ts';

/**
 * Starts the workflow that undoes what a called one did. The task is answered with its end. Called again for the same round of the
 * rollback, it starts no second one. Throws Workflow.InvalidInput, Step.InvalidArguments.
 */
export async function compensateCall(
  ports: ExecutionPorts,
  { child, execution: called }: Compensable,
  { round, taskToken }: { readonly round: number; readonly taskToken: string },
): Promise<void> {
  const { compensate, id } = child;
  const name = childName(`${id}:undo:${round}`);
  const bindings = { ...child.bindings, result: await outputOf(ports, called) };
  const { input = {} } = await fillDeferred(compensate.with, compensate.deferred, bindings);
  await ports.table.update({ key: taskKeys.child(id), set: { undoExecution: name } });
  const { execution, path } = called.parent ?? { execution: '', path: '' };
  const parent = { execution, path, taskToken };
  const { workflow, version } = compensate;
  const traceparent = traceparentUnder(called, spanIdOf('rollback', execution));
  const from = { name, parent, depth: called.depth, by: called.startedBy, traceparent };
  const started = await startExecution(ports, { workflow, version, input, ...from }).catch(invalidInput);
  if (started.parent?.taskToken !== taskToken) {
    await ports.table.update({ key: executionKeys.meta(name), set: { parent }, condition: { exists: true } });
  }
  await answerParent(ports, (await getExecution(ports.table, name)).id);
}

function invalidInput(error: unknown): never {
  if (!(error instanceof StepwrightError) || error.code !== 'SW4004') throw error;
  throw new RuntimeError('Workflow.InvalidInput', error.message, { cause: error });
}
