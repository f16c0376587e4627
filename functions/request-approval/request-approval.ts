import { RequestApprovalRequestSchema } from '#compiler/wait-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { findExecution } from '#executions/execution-store.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { requestApproval } from '#signals/request-approval.ts';

/** Asks people to approve; what they say completes the step's task. */
export function createRequestApproval(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: RequestApprovalRequestSchema, payload }, async (request) => {
      const execution = request.not && (await findExecution(ports.table, request.execution));
      await requestApproval(ports, request, execution?.startedBy);
    });
}
