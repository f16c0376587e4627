import { SettleIterationRequestSchema } from '#compiler/task-payload.ts';
import type { Json } from '#core/json.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { settleIteration } from '#executions/settle-iteration.ts';

/** Counts a failed iteration against what its forEach tolerates. */
export function createSettleIteration(
  ports: Pick<ExecutionPorts, 'table'>,
): (payload: unknown) => Promise<Json> {
  return async (payload) => settleIteration(ports, SettleIterationRequestSchema.parse(payload));
}
