import * as z from 'zod';
import { WorkflowCompensationSchema } from '#compiler/call-payload.ts';
import { type Json, JsonObjectSchema } from '#core/json.ts';
import { keepResult } from '#integrations/result-cache.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll } from '#table/table.ts';
import { type Execution, isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { stopExecution } from './stop.ts';

/** An execution that a step has started. */
export const ChildSchema = z.object({
  /** Id of the task. */
  id: z.string(),
  execution: z.string(),
  isAwaited: z.boolean(),
  taskToken: z.string(),
  since: z.number(),
  dueAt: z.number().optional(),
  cache: z.object({ key: z.string(), ttlSeconds: z.number() }).optional(),
  /** How what it did is undone, in place of the undo of its own steps, and what that reads besides its output. */
  compensate: WorkflowCompensationSchema.exactOptional(),
  bindings: JsonObjectSchema.exactOptional(),
  /** The execution that undoes it so: the last one that was begun. */
  undoExecution: z.string().exactOptional(),
  /** The task of the caller's unwind that waits for its undo, and in which round of that it was begun. */
  undoToken: z.string().optional(),
  undoBegunRound: z.number().int().optional(),
  /** Why its undo was given up, and in which round. */
  undoError: z.string().optional(),
  undoCause: z.string().optional(),
  undoRound: z.number().int().optional(),
});

/** An execution that a step has started. */
export type Child = z.infer<typeof ChildSchema>;

/** Tells the step that waits for an execution how that has ended. Without effect while it has not, and where nobody waits. */
export async function answerParent(ports: ExecutionPorts, id: string): Promise<void> {
  const execution = await findExecution(ports.table, id);
  if (execution?.parent === undefined || !isFinal(execution.status)) return;
  const { taskToken } = execution.parent;
  if (execution.status !== 'SUCCEEDED') {
    await ports.engine.failTask(taskToken, failureOf(execution));
    return;
  }
  const output = await outputOf(ports, execution);
  const child = await findChild(ports, execution);
  if (child?.cache !== undefined) await keepResult(ports, child.cache, output);
  await ports.engine.succeedTask(taskToken, output);
}

/** What an execution has ended with. */
export async function outputOf(
  { table }: Pick<ExecutionPorts, 'table'>,
  { id, output, hasLargeOutput }: Execution,
): Promise<Json> {
  if (hasLargeOutput !== true) return output ?? null;
  return (await table.get(executionKeys.output(id)))?.['output'] ?? null;
}

function failureOf({ id, status, error, cause = '', workflow, version }: Execution) {
  const name = NAMES[status] ?? error ?? 'States.TaskFailed';
  return { error: name, cause: `${workflow} ${version} (${id}) is ${status}: ${cause}` };
}

/** Statuses that have a name of their own; of the others, it is that of the error. */
const NAMES: Readonly<Partial<Record<Execution['status'], string>>> = {
  STOPPED: 'Workflow.Stopped',
  TIMED_OUT: 'Workflow.Timeout',
  ROLLBACK_INCOMPLETE: 'Workflow.RollbackIncomplete',
};

async function findChild(ports: ExecutionPorts, { id, parent }: Execution): Promise<Child | undefined> {
  if (parent === undefined) return undefined;
  for await (const child of childrenOf(ports, parent.execution)) if (child.execution === id) return child;
  return undefined;
}

/** The executions that an execution has started. */
export async function* childrenOf(
  { table }: Pick<ExecutionPorts, 'table'>,
  execution: string,
): AsyncGenerator<Child> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.childPrefix };
  for await (const item of queryAll(table, query)) yield ChildSchema.parse(item);
}

/** Stops what an execution that has ended still waited for. */
export async function stopAwaitedChildren(ports: ExecutionPorts, execution: string): Promise<void> {
  for await (const child of childrenOf(ports, execution)) {
    if (child.isAwaited) await stopIfThere(ports, child, `the calling execution ${execution} has ended`);
  }
}

/** Looks at a call that may be overdue. */
export async function expireChild(ports: ExecutionPorts, id: string): Promise<void> {
  const item = await ports.table.get(taskKeys.child(id));
  if (item === undefined) return;
  const child = ChildSchema.parse(item);
  const { dueAt, since, execution } = child;
  if (dueAt === undefined) return;
  if (ports.clock.now() < dueAt) return ports.deadlines.schedule({ kind: 'child', id }, dueAt);
  const cause = `execution ${execution} did not end within ${(dueAt - since) / 1_000} s`;
  await ports.engine.failTask(child.taskToken, { error: 'Workflow.Timeout', cause });
  await stopIfThere(ports, child, cause);
}

async function stopIfThere(ports: ExecutionPorts, { execution }: Child, cause: string): Promise<void> {
  if ((await findExecution(ports.table, execution)) !== undefined)
    await stopExecution(ports, execution, cause);
}
