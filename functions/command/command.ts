import { CommandRequestSchema } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { dispatchCommand } from '#devices/dispatch.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { cachedResult } from '#integrations/result-cache.ts';

/**
 * Issues a command for a step; its answer completes the step's task, or at once the result that an equal step has left.
 * What keeps it from being issued fails the task.
 */
export function createCommand(ports: DevicePorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const request = CommandRequestSchema.parse(payload);
    try {
      const known = request.cache && (await cachedResult(ports, request.cache.key));
      if (known !== undefined) {
        await ports.engine.succeedTask(request.taskToken, known.result);
        return {};
      }
      const { id, status } = await dispatchCommand(ports, request);
      return { command: id, status };
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      await ports.engine.failTask(request.taskToken, { error: error.name, cause: error.message });
      return { error: error.name };
    }
  };
}
