import { DecideRequestSchema } from '#compiler/call-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { decideForStep } from '#executions/decide-step.ts';
import type { ExecutionPorts } from '#executions/ports.ts';

/** Decides for a step, and answers its task. */
export function createDecide(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: DecideRequestSchema, payload }, async (request) => {
      await ports.engine.succeedTask(request.taskToken, await decideForStep(ports, request));
    });
}
