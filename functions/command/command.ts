import { CommandRequestSchema } from '#compiler/task-payload.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { dispatchOrWait } from '#devices/wait-for-device.ts';
import { serveTask } from '#engine/serve-task.ts';
import { cachedResultForTask } from '#integrations/result-cache.ts';
import { newWalk } from '#routing/walk.ts';

/**
 * Issues a command for a step; its answer completes the step's task, or at once the result that an equal step has left.
 * What keeps it from being issued fails the task.
 */
export function createCommand(ports: DevicePorts): (payload: unknown) => Promise<void> {
  const walk = newWalk();
  return (payload) =>
    serveTask(ports.engine, { schema: CommandRequestSchema, payload }, async (request) => {
      const known = await cachedResultForTask(ports, request);
      if (known === undefined) await dispatchOrWait({ ...ports, walk }, request);
      else await ports.engine.succeedTask(request.taskToken, known.result);
    });
}
