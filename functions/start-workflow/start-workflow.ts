import { StartWorkflowRequestSchema } from '#compiler/call-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { callWorkflow } from '#executions/call-workflow.ts';
import type { ExecutionPorts } from '#executions/ports.ts';

/** Starts the execution that a step calls; its end completes the step's task. */
export function createStartWorkflow(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: StartWorkflowRequestSchema, payload }, (request) =>
      callWorkflow(ports, request),
    );
}
