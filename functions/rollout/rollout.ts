import { RolloutRequestSchema } from '#compiler/rollout-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { beginPause } from '#executions/rollout/pause.ts';
import { planRollout } from '#executions/rollout/plan-rollout.ts';

/** Answers what a rollout asks: how its items are divided, whose its devices are, and, when it is time, that it goes on. */
export function createRollout(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: RolloutRequestSchema, payload }, async (request) => {
      if (request.action !== 'plan') return beginPause(ports, request);
      await ports.engine.succeedTask(request.taskToken, { ...(await planRollout(ports, request)) });
    });
}
