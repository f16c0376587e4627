import { createHash } from 'node:crypto';
import type { StartWorkflowRequest } from '#compiler/call-payload.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import { spanIdOf } from '#core/trace-context.ts';
import { cachedResultForTask } from '#integrations/result-cache.ts';
import { taskKeys } from '#table/keys.ts';
import { callIdOf } from './child-of-task.ts';
import { answerParent, type Child } from './children.ts';
import type { Execution } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';
import { startExecution } from './start.ts';
import { traceparentUnder } from './traceparent.ts';

/** So many executions may call each other in a row; more are a workflow that calls itself for ever. */
const MAX_DEPTH = 20;

/**
 * Starts the execution that a step calls. The task is answered by its id at once, or, where it is awaited, by what it ends
 * with. Called again for the same try, it starts no second one. Throws Workflow.InvalidInput, Workflow.TooDeep.
 */
export async function callWorkflow(ports: ExecutionPorts, request: StartWorkflowRequest): Promise<void> {
  const known = await cachedResultForTask(ports, request);
  if (known !== undefined) {
    await ports.engine.succeedTask(request.taskToken, known.result);
    return;
  }
  const child = childOf(ports, await callIdOf(ports, request), request);
  await ports.table.put({ ...taskKeys.child(child.id), ...child });
  if (child.dueAt !== undefined) await ports.deadlines.schedule({ kind: 'child', id: child.id }, child.dueAt);
  const started = await start(ports, request, child);
  if (!request.await) await ports.engine.succeedTask(request.taskToken, { executionId: started.id });
  else await answerParent(ports, started.id);
}

function childOf({ clock }: ExecutionPorts, id: string, request: StartWorkflowRequest): Child {
  const { taskToken, cache, timeoutSeconds, compensate, bindings } = request;
  const since = clock.now();
  return {
    ...{ id, execution: childName(id), isAwaited: request.await, taskToken, since },
    ...(timeoutSeconds === undefined ? {} : { dueAt: since + timeoutSeconds * 1_000 }),
    ...(cache === undefined ? {} : { cache }),
    ...(compensate === undefined ? {} : { compensate, bindings }),
  };
}

/** The name of an execution that is called: the same for the same try of a step, and no longer than names may be. */
export function childName(id: string): string {
  const parent = id.slice(0, id.indexOf(':'));
  return `${parent.slice(0, 40)}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}

async function start(ports: ExecutionPorts, request: StartWorkflowRequest, child: Child): Promise<Execution> {
  const { execution, path, taskToken, workflow, version, input } = request;
  const caller = await findExecution(ports.table, execution);
  const depth = (caller?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) {
    throw new RuntimeError('Workflow.TooDeep', `${MAX_DEPTH} executions have called each other to get here`);
  }
  const parent = request.await ? { parent: { execution, path, taskToken } } : {};
  const traceparent = traceparentUnder(caller, spanIdOf('step', execution, path));
  const from = { name: child.execution, depth, by: caller?.startedBy, traceparent, ...parent };
  try {
    return await startExecution(ports, { workflow, version, input, ...from });
  } catch (error) {
    if (!(error instanceof StepwrightError) || error.code !== 'SW4004') throw error;
    throw new RuntimeError('Workflow.InvalidInput', error.message, { cause: error });
  }
}
