import { PlanRolloutRequestSchema } from '#compiler/rollout-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { planRollout } from '#executions/rollout/plan-rollout.ts';

/** Answers what a rollout asks between its steps: how its items are divided, and whose its devices are. */
export function createRollout(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: PlanRolloutRequestSchema, payload }, async (request) => {
      await ports.engine.succeedTask(request.taskToken, { ...(await planRollout(ports, request)) });
    });
}
