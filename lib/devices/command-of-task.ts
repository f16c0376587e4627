import type { CommandRequest } from '#compiler/task-payload.ts';
import type { Table } from '#table/table.ts';
import { type Command, OPEN } from './command.ts';
import { findCommand } from './command-store.ts';

type Try = Pick<CommandRequest, 'execution' | 'path' | 'attempt' | 'undoes' | 'verifies'>;

/** The id of a command: of its execution, step, iteration and try, so that a redelivery is recognised. */
export function commandId(request: Try): string {
  if (request.undoes !== undefined) return `${request.undoes}:undo:${request.attempt}`;
  if (request.verifies !== undefined) return `${request.verifies}:verify:${request.attempt}`;
  return `${request.execution}:${request.path}:${request.attempt}`;
}

/** The id of the command of a try that was redriven so often: its device must not take it for a repeat. */
export function redrivenCommandId(request: Try, redrives: number): string {
  return redrives === 0 ? commandId(request) : `${commandId(request)}:redrive:${redrives}`;
}

/** The id under which the command of a task goes, and the command where it was issued before. */
export interface CommandOfTask {
  readonly id: string;
  readonly known: Command | undefined;
}

/**
 * Finds the command of a task. A task that is redriven asks for a try that has been: its command goes on where it is still
 * open, and counts where it has taken effect and that has not been undone; else the task gets a new one.
 */
export async function commandOfTask(
  table: Table,
  request: Try & Pick<CommandRequest, 'taskToken'>,
): Promise<CommandOfTask> {
  for (let redrives = 0; ; redrives++) {
    const id = redrivenCommandId(request, redrives);
    const known = await findCommand(table, id);
    const isOurs = known === undefined || known.taskToken === request.taskToken || holds(known);
    const isOfAnUnwind = request.undoes !== undefined || request.verifies !== undefined;
    if (isOurs || isOfAnUnwind) return { id, known };
  }
}

function holds({ status, expected, undoneAt }: Command): boolean {
  if (OPEN.includes(status)) return true;
  return status === 'SUCCEEDED' && expected !== false && undoneAt === undefined;
}
