import { commandsOf } from '#devices/command-store.ts';
import { type Execution, isFinal } from './execution.ts';
import { httpUnder } from './http-call.ts';
import { keptByPivots } from './pivots.ts';
import type { ExecutionPorts } from './ports.ts';
import { isToBeAsked, mayHaveTakenEffect } from './saga.ts';
import { type Call, callsUnder, isCallLeft } from './undo-calls.ts';
import { getVersion } from './workflow-store.ts';

/**
 * Whether anything was done that can be undone: also what may have been, and what has been undone with its iteration, so
 * that the last word on the execution is not just that it failed. What a point of no return has been passed after is kept.
 */
export async function hasSomethingToUndo(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, workflow, version }: Execution,
): Promise<boolean> {
  const calls: Call[] = [];
  for (const call of await callsUnder({ table }, { execution: id, scope: '' })) {
    if (!isFinal(call.execution.status) || (await isCallLeft({ table }, call))) {
      calls.push(call);
    }
  }
  const made = await httpUnder({ table }, { execution: id, scope: '' });
  const https = made.filter(({ status }) => status !== 'REFUSED');
  const commands = (await commandsOf(table, id)).filter(
    (command) => mayHaveTakenEffect(command) || command.isPivot === true,
  );
  if (!commands.some(({ isPivot }) => isPivot === true))
    return commands.length + calls.length + https.length > 0;
  const { compiled } = await getVersion(table, workflow, version);
  const kept = keptByPivots(compiled.steps, commands, {
    mayBeAsked: isToBeAsked,
    calls: [...calls, ...https],
  });
  const undoable = commands.filter(({ isPivot }) => isPivot === undefined);
  return [...undoable, ...calls, ...https].some(({ path = '' }) => !kept.has(path));
}
