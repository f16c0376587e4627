import { DecideRequestSchema } from '#compiler/call-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { decideForStep } from '#executions/decide-step.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { askShadow } from '#executions/shadow.ts';

/** Decides for a step, answers its task, and asks the version in the shadow then, where there is one. */
export function createDecide(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: DecideRequestSchema, payload }, async (request) => {
      const decided = await decideForStep(ports, request);
      await ports.engine.succeedTask(request.taskToken, decided);
      await askShadow(ports, request, decided);
    });
}
