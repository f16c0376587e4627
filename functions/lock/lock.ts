import { type LockRequest, LockRequestSchema } from '#compiler/wait-payload.ts';
import { enterGroup } from '#concurrency/group.ts';
import { acquireUnits, releaseUnits } from '#concurrency/lock.ts';
import { serveTask } from '#engine/serve-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { stopExecution } from '#executions/stop.ts';

/** Gets units of pools for a step, whose task is completed once it holds them; or gives them back. */
export function createLock(ports: ExecutionPorts): (payload: unknown) => Promise<void> {
  return (payload) =>
    serveTask(ports.engine, { schema: LockRequestSchema, payload }, async (request) => {
      if (request.action === 'acquire') return acquire(ports, request);
      await releaseUnits(ports, request);
      await ports.engine.succeedTask(request.taskToken, {});
    });
}

async function acquire(ports: ExecutionPorts, request: LockRequest): Promise<void> {
  if (request.group === undefined) {
    await acquireUnits(ports, request);
    return;
  }
  await enterGroup(ports, request, {
    ...request.group,
    stop: async (execution, cause) => void (await stopExecution(ports, execution, cause)),
  });
}
