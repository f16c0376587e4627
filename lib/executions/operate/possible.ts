import { StepwrightError } from '#core/error.ts';
import { describeExecution, type ExecutionView } from '../describe.ts';
import type { ExecutionPorts } from '../ports.ts';
import { mayBeRolledBack } from '../unwind-run.ts';
import { getVersion } from '../workflow-store.ts';
import { canGoOn, NOT_BY_A_RESULT } from './refusals.ts';
import { demandSomethingLeft } from './rollback.ts';
import { findWaitingTask } from './waiting-task.ts';

/** What an operator can have done to an execution without saying more. */
export type PossibleOperation =
  /** Goes on with what has failed, or is paused. */
  | { readonly verb: 'resume' }
  /** The one step that it stands at is left without a result. */
  | { readonly verb: 'skip'; readonly path: string }
  | { readonly verb: 'rollback' };

/** What is possible with an execution as it stands. An engine may still refuse a redrive that would only fail again. Throws SW4044. */
export async function possibleOperations(
  ports: ExecutionPorts,
  id: string,
): Promise<{ readonly execution: ExecutionView; readonly possible: readonly PossibleOperation[] }> {
  const execution = await describeExecution(ports, id);
  const isPaused = execution.status === 'RUNNING' && execution.pausedAt !== undefined;
  const path = await skippableStep(ports, execution);
  const possible: readonly PossibleOperation[] = [
    ...(isPaused || canGoOn(execution) ? [{ verb: 'resume' } as const] : []),
    ...(path === undefined ? [] : [{ verb: 'skip', path } as const]),
    ...((await hasSomethingLeft(ports, execution)) ? [{ verb: 'rollback' } as const] : []),
  ];
  return { execution, possible };
}

/** The one step at which an execution stands, and that can be left without it; undefined where there are several, or none. */
async function skippableStep(ports: ExecutionPorts, execution: ExecutionView): Promise<string | undefined> {
  const wanted = execution.status === 'RUNNING' ? 'RUNNING' : 'FAILED';
  // An engine that cannot pause does not leave a state that has failed either: Step Functions.
  if (wanted === 'FAILED' && !(canGoOn(execution) && ports.engine.canPause)) return undefined;
  const { compiled } = await getVersion(ports.table, execution.workflow, execution.version);
  const holders = new Set(
    compiled.steps.flatMap(({ id, kind }) =>
      NOT_BY_A_RESULT.includes(kind) || kind === 'forEach' ? [id] : [],
    ),
  );
  const standing = execution.steps.filter(({ id, status }) => status === wanted && !holders.has(id));
  const [step] = standing;
  if (step === undefined || standing.length > 1) return undefined;
  if (wanted === 'FAILED') return step.path;
  return (await findWaitingTask(ports, execution.id, step.path)) === undefined ? undefined : step.path;
}

async function hasSomethingLeft(ports: ExecutionPorts, execution: ExecutionView): Promise<boolean> {
  if (!mayBeRolledBack(execution)) return false;
  try {
    await demandSomethingLeft(ports, execution);
    return true;
  } catch (error) {
    if (error instanceof StepwrightError && error.code === 'SW4067') return false;
    throw error;
  }
}
