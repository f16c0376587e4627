import { CallHttpRequestSchema } from '#compiler/call-payload.ts';
import { answerTask } from '#engine/answer-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { callHttp } from '#integrations/call-http.ts';
import { withCache } from '#integrations/result-cache.ts';

/** Makes the call of a step, and answers its task. */
export function createCallHttp(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'secrets' | 'allowedHosts'>,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const request = CallHttpRequestSchema.parse(payload);
    await answerTask(ports.engine, request.taskToken, () =>
      withCache(ports, request.cache, () => callHttp(ports, request)),
    );
  };
}
