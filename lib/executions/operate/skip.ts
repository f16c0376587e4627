import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { Json } from '#core/json.ts';
import { describeExecution } from '../describe.ts';
import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { wholeHistory } from '../read-history.ts';
import { pathOf } from '../step-rows.ts';
import type { StepState } from '../step-state.ts';
import { getVersion } from '../workflow-store.ts';
import { type Operator, recorded } from './action.ts';
import { goOn } from './redrive.ts';
import { redrivePoints } from './redrive-points.ts';
import { canGoOn, NOT_BY_A_RESULT, notSkippable } from './refusals.ts';
import { type RecordedRun, recordedRuns } from './state-runs.ts';
import { findWaitingTask } from './waiting-task.ts';

/** A step that is to be skipped. */
export interface SkipAsked extends Operator {
  /** Path of the step, such as `rollout[3].flash`. */
  readonly path: string;
  /** What stands in for the result of the step; an `output` of the step sees it as `$result`. */
  readonly output: Json;
}

/**
 * Lets an execution go on after a step with an output that an operator gives. A step that waits is answered, and what it
 * waited for is taken back; of an execution that has failed, the step is left with that output, and whatever else
 * failed runs again. Gives the execution as it then is. Throws SW4044, SW4060, SW4061, SW4064, SW4065.
 */
export async function skipStep(ports: ExecutionPorts, id: string, asked: SkipAsked): Promise<Execution> {
  const { steps, ...execution } = await describeExecution(ports, id);
  const step = steps.find(({ path }) => path === asked.path);
  const { compiled } = await getVersion(ports.table, execution.workflow, execution.version);
  const known = compiled.steps.find((one) => one.id === step?.id);
  if (step === undefined || known === undefined) throw notSkippable(asked.path, 'there is no such step');
  if (NOT_BY_A_RESULT.includes(known.kind)) {
    throw notSkippable(
      asked.path,
      `it is a ${known.kind}`,
      'skip the step inside it that waits or has failed',
    );
  }
  if (execution.status === 'RUNNING') return skipRunning(ports, { execution, step, known }, asked);
  if (canGoOn(execution)) return skipFailed(ports, { execution, step, known }, asked);
  throw notSkippable(asked.path, `execution "${id}" is ${execution.status}`);
}

interface Skipped {
  readonly execution: Execution;
  readonly step: StepState;
  readonly known: CompiledStep;
}

async function skipRunning(
  ports: ExecutionPorts,
  skipped: Skipped,
  { path, output, ...operator }: SkipAsked,
): Promise<Execution> {
  const { execution, step } = skipped;
  const { id } = execution;
  if (step.status !== 'RUNNING') throw notSkippable(path, `it is ${step.status}`);
  const task = await findWaitingTask(ports, id, path);
  const asked = { ...operator, operation: 'skip', details: { path, output }, execution: id } as const;
  return recorded(ports, asked, async () => {
    const answer =
      task === undefined
        ? await interrupt(ports, skipped, output)
        : await ports.engine.succeedTask(task.taskToken, output);
    if (answer === 'gone') {
      const hint = 'it does something right now, or has just ended; look at it, and try again';
      throw notSkippable(path, 'it waits for nothing that could be answered for it', hint);
    }
    await task?.withdraw(`the step was skipped by ${operator.by}`);
    return getExecution(ports.table, id);
  });
}

/** A step that waits for a time, or for its next try. */
async function interrupt(ports: ExecutionPorts, { execution, step, known }: Skipped, result: Json) {
  const { compiled, machine } = await getVersion(ports.table, execution.workflow, execution.version);
  const ref = { machine, name: execution.id };
  const runs = recordedRuns(compiled.steps, await wholeHistory(ports.engine, ref));
  const run = lastRunOf(runs, step, known);
  if (run === undefined) return 'gone';
  return ports.engine.skipWait(run.run.child?.ref ?? ref, { enteredId: run.enteredId, result });
}

async function skipFailed(
  ports: ExecutionPorts,
  { execution, step, known }: Skipped,
  { path, output, ...operator }: SkipAsked,
): Promise<Execution> {
  const { compiled, machine } = await getVersion(ports.table, execution.workflow, execution.version);
  const history = await wholeHistory(ports.engine, { machine, name: execution.id });
  const runs = recordedRuns(compiled.steps, history);
  const run = lastRunOf(runs, step, known);
  if (run?.run.child !== undefined) {
    const hint = 'redrive the execution; what has succeeded in its iteration is kept';
    throw notSkippable(path, 'it failed in a child execution of a distributed Map', hint);
  }
  if (run === undefined || run.left === 'well' || (step.status !== 'FAILED' && step.status !== 'CANCELLED')) {
    throw notSkippable(path, `it is ${step.status}, and neither failed nor was cut off`);
  }
  return goOn(ports, execution, {
    action: { ...operator, operation: 'skip', details: { path, output } },
    points: redrivePoints(compiled, runs, run),
    version: execution.version,
    machine: execution.machine,
    skip: { enteredId: run.enteredId, result: output },
  });
}

function lastRunOf(
  runs: readonly RecordedRun[],
  { path }: StepState,
  known: CompiledStep,
): RecordedRun | undefined {
  const states = [known.state, known.askState];
  return runs.findLast(({ run }) => states.includes(run.name) && pathOf(known, run.indices) === path);
}
