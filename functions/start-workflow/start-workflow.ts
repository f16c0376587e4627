import { StartWorkflowRequestSchema } from '#compiler/call-payload.ts';
import { failTaskOnError } from '#engine/answer-task.ts';
import { callWorkflow } from '#executions/call-workflow.ts';
import type { ExecutionPorts } from '#executions/ports.ts';

/** Starts the execution that a step calls; its end completes the step's task. */
export function createStartWorkflow(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const request = StartWorkflowRequestSchema.parse(payload);
    await failTaskOnError(ports.engine, request.taskToken, () => callWorkflow(ports, request));
  };
}
