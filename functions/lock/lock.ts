import { LockRequestSchema } from '#compiler/wait-payload.ts';
import { acquireUnits, type LockPorts, releaseUnits } from '#concurrency/lock.ts';
import { answerTask, failTaskOnError } from '#engine/answer-task.ts';

/** Gets units of pools for a step, whose task is completed once it holds them; or gives them back. */
export function createLock(ports: LockPorts): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const request = LockRequestSchema.parse(payload);
    if (request.action === 'acquire') {
      await failTaskOnError(ports.engine, request.taskToken, () => acquireUnits(ports, request));
      return;
    }
    await answerTask(ports.engine, request.taskToken, async () => {
      await releaseUnits(ports, request);
      return {};
    });
  };
}
