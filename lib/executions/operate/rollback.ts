import { StepwrightError } from '#core/error.ts';
import { commandsOf } from '#devices/command-store.ts';
import { markFinding } from '#devices/marks.ts';
import type { Execution, ExecutionStatus } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import { httpUnder } from '../http-call.ts';
import { keptByPivots } from '../pivots.ts';
import type { ExecutionPorts } from '../ports.ts';
import { hasTakenEffect, isLeftBehind, isToBeAsked, isUnknown } from '../saga.ts';
import { callsUnder, isCallLeft } from '../undo-calls.ts';
import { decideUnknownHttp, isHttpLeftBehind, isHttpToBeAsked, isHttpToBeUndone } from '../undo-http.ts';
import { hasCharge, mayBeRolledBack, nextRun, startUnwind } from '../unwind-run.ts';
import { lookAtUnwind } from '../unwind-watch.ts';
import { getVersion } from '../workflow-store.ts';
import { type Operator, recorded } from './action.ts';

/** How an execution is rolled back. */
export interface RollbackAsked extends Operator {
  /**
   * What an operator, who has looked, says of the commands of which it is unknown what they did: they are undone, or taken to have had no
   * effect. Left out, they are asked about where that can be done.
   */
  readonly unknown?: 'undo' | 'keep' | undefined;
}

/**
 * Undoes what an execution has left on its devices: of one whose rollback is incomplete, what was given up is tried again; of one
 * that failed, was stopped or has timed out, what it did is undone; an unwind that stands still is looked at. Gives the
 * execution as it then is. Throws SW4044, SW4067.
 */
export async function rollbackExecution(
  ports: ExecutionPorts,
  id: string,
  { unknown, ...operator }: RollbackAsked,
): Promise<Execution> {
  const execution = await getExecution(ports.table, id);
  const unwind = nextRun(execution, 'new round');
  const told = unknown === undefined ? {} : { unknown };
  const details = { status: execution.status, round: unwind.round, ...told };
  const asked = { ...operator, operation: 'rollback', details, execution: id } as const;
  return recorded(ports, asked, async () => {
    if (execution.status === 'ROLLING_BACK') await lookAtUnwind(ports, id);
    else {
      if (!mayBeRolledBack(execution)) throw notRolledBack(execution, INSTEAD[execution.status]);
      if (unknown === undefined) await demandSomethingLeft(ports, execution);
      else await decideUnknown(ports, execution, { by: operator.by, tookEffect: unknown === 'undo' });
      await startUnwind(ports, id, unwind);
      // So that it is seen at once; the machine does the same with its first step, should the process end here.
      await hasCharge(ports.table, { execution: id, scope: '', ofSuccess: false, ...unwind });
    }
    return getExecution(ports.table, id);
  });
}

/** An operator's word on what nobody knows. */
async function decideUnknown(
  ports: ExecutionPorts,
  { id, status }: Execution,
  { by, tookEffect }: { readonly by: string; readonly tookEffect: boolean },
): Promise<void> {
  const commands = await commandsOf(ports.table, id);
  const unknown = commands.filter((command) => isUnknown(command) && command.compensate !== undefined);
  const https = await httpUnder(ports, { execution: id, scope: '' });
  const decided = await decideUnknownHttp(ports, https, tookEffect);
  if (unknown.length + decided === 0)
    throw notRolledBack({ id, status }, 'of nothing that it did is it unknown');
  const finding = { tookEffect, by: `operator ${by}`, at: ports.clock.now() };
  for (const command of unknown) await markFinding(ports.table, command, finding);
}

/** What is to be done instead. */
const INSTEAD: Readonly<Partial<Record<ExecutionStatus, string>>> = {
  RUNNING: 'stop it: what it has done is undone then',
  SUCCEEDED: 'what succeeded is not undone; run a workflow that does what you want instead',
  ROLLED_BACK: 'all has been undone that it did',
};

/** Throws SW4067 where an execution has left nothing that could be undone. */
export async function demandSomethingLeft({ table }: ExecutionPorts, execution: Execution): Promise<void> {
  const commands = await commandsOf(table, execution.id);
  const left = commands.filter(isLeftBehind);
  const calls = await callsUnder({ table }, { execution: execution.id, scope: '' });
  const https = await httpUnder({ table }, { execution: execution.id, scope: '' });
  const { compiled } = await getVersion(table, execution.workflow, execution.version);
  const kept = keptByPivots(compiled.steps, commands, {
    mayBeAsked: isToBeAsked,
    calls: [...calls, ...https],
  });
  const isOfUse = left.some(
    (command) => !kept.has(command.path ?? '') && (hasTakenEffect(command) || command.verify !== undefined),
  );
  if (isOfUse) return;
  // What was given up is tried again in the round to come.
  const again = https.map((doing) => ({ ...doing, undoError: undefined }));
  const isToCome = again.filter((doing) => isHttpToBeUndone(doing) || isHttpToBeAsked(doing));
  if (isToCome.some(({ path }) => !kept.has(path))) return;
  for (const call of calls) {
    if (!kept.has(call.path) && (await isCallLeft({ table }, call))) return;
  }
  throw notRolledBack(
    execution,
    left.length === 0 && !https.some(isHttpLeftBehind)
      ? 'it has left nothing that could be undone'
      : 'a point of no return keeps it, or nothing tells what its device or service did: look at it, and say "unknown": "undo" or "keep"',
  );
}

function notRolledBack({ id, status }: Pick<Execution, 'id' | 'status'>, hint = ''): StepwrightError {
  return new StepwrightError({
    code: 'SW4067',
    kind: 'conflict',
    message: `execution "${id}" is ${status}, and there is nothing to roll back`,
    hint,
  });
}
