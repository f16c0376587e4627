import { RequestApprovalRequestSchema } from '#compiler/wait-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { requestApproval } from '#signals/request-approval.ts';

/** Asks people to approve; what they say completes the step's task. */
export function createRequestApproval(ports: SignalPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: RequestApprovalRequestSchema, payload }, async (request) => {
      await requestApproval(ports, request);
    });
}
