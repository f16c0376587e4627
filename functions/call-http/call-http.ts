import { CallHttpRequestSchema } from '#compiler/call-payload.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { callHttp } from '#integrations/call-http.ts';
import { withCache } from '#integrations/result-cache.ts';

/** Makes the call of a step, and answers its task. */
export function createCallHttp(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock' | 'secrets' | 'allowedHosts' | 'exchange'>,
): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: CallHttpRequestSchema, payload }, async (request) => {
      const result = await withCache(ports, request, () => callHttp(ports, request));
      await ports.engine.succeedTask(request.taskToken, result);
    });
}
