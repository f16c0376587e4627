import { RequestApprovalRequestSchema } from '#compiler/wait-payload.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { requestApproval } from '#signals/request-approval.ts';

/** Asks people to approve; what they say completes the step's task. */
export function createRequestApproval(ports: SignalPorts): (payload: unknown) => Promise<void> {
  return async (payload) => {
    await requestApproval(ports, RequestApprovalRequestSchema.parse(payload));
  };
}
