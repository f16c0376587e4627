import * as z from 'zod';
import { SettleIterationRequestSchema, TellFailureRequestSchema } from '#compiler/task-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import { childFailure } from '#executions/child-failure.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { settleIteration } from '#executions/settle-iteration.ts';

const RequestSchema = z.union([TellFailureRequestSchema, SettleIterationRequestSchema]);

/**
 * Counts a failed iteration against what its forEach tolerates; or tells what the first child execution of a distributed Map has
 * failed with. Answers its task.
 */
export function createSettleIteration(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: RequestSchema, payload }, async (request) => {
      const { engine } = ports;
      if (!('action' in request)) {
        await engine.succeedTask(request.taskToken, await settleIteration(ports, request));
        return;
      }
      const { execution, path, error, cause } = request;
      const failure = await childFailure(ports, { execution, run: engine.refOf(request.run), path });
      await engine.failTask(request.taskToken, failure ?? { error, cause });
    });
}
