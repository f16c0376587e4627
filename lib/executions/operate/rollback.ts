import { StepwrightError } from '#core/error.ts';
import { commandsOf } from '#devices/command-store.ts';
import type { Execution, ExecutionStatus } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import { keptByPivots } from '../pivots.ts';
import type { ExecutionPorts } from '../ports.ts';
import { hasTakenEffect, isLeftBehind, isToBeAsked } from '../saga.ts';
import { hasCharge, mayBeRolledBack, nextRun, startUnwind } from '../unwind-run.ts';
import { lookAtUnwind } from '../unwind-watch.ts';
import { getVersion } from '../workflow-store.ts';
import { type Operator, recorded } from './action.ts';

/**
 * Undoes what an execution has left on its devices: of one whose rollback is incomplete, what was given up is tried again; of one
 * that failed, was stopped or has timed out, what it did is undone; an unwind that stands still is looked at. Gives the
 * execution as it then is. Throws SW4044, SW4067.
 */
export async function rollbackExecution(
  ports: ExecutionPorts,
  id: string,
  operator: Operator,
): Promise<Execution> {
  const execution = await getExecution(ports.table, id);
  const unwind = nextRun(execution, 'new round');
  const details = { status: execution.status, round: unwind.round };
  const asked = { ...operator, operation: 'rollback', details, execution: id } as const;
  return recorded(ports, asked, async () => {
    if (execution.status === 'ROLLING_BACK') await lookAtUnwind(ports, id);
    else {
      if (!mayBeRolledBack(execution)) throw notRolledBack(execution, INSTEAD[execution.status]);
      await demandSomethingLeft(ports, execution);
      await startUnwind(ports, id, unwind);
      // So that it is seen at once; the machine does the same with its first step, should the process end here.
      await hasCharge(ports.table, { execution: id, scope: '', ...unwind });
    }
    return getExecution(ports.table, id);
  });
}

/** What is to be done instead. */
const INSTEAD: Readonly<Partial<Record<ExecutionStatus, string>>> = {
  RUNNING: 'stop it: what it has done is undone then',
  SUCCEEDED: 'what succeeded is not undone; run a workflow that does what you want instead',
  ROLLED_BACK: 'all has been undone that it did',
};

async function demandSomethingLeft({ table }: ExecutionPorts, execution: Execution): Promise<void> {
  const commands = await commandsOf(table, execution.id);
  const left = commands.filter(isLeftBehind);
  const { compiled } = await getVersion(table, execution.workflow, execution.version);
  const kept = keptByPivots(compiled.steps, commands, isToBeAsked);
  const isOfUse = left.some(
    (command) => !kept.has(command.id) && (hasTakenEffect(command) || command.verify !== undefined),
  );
  if (isOfUse) return;
  throw notRolledBack(
    execution,
    left.length === 0
      ? 'it has left nothing that could be undone'
      : 'GET /v1/executions/{id} tells what is left behind: a point of no return keeps it, or nothing tells what its device did',
  );
}

function notRolledBack({ id, status }: Execution, hint = ''): StepwrightError {
  return new StepwrightError({
    code: 'SW4067',
    kind: 'conflict',
    message: `execution "${id}" is ${status}, and there is nothing to roll back`,
    hint,
  });
}
