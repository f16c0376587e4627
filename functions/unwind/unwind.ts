import { z } from 'zod';
import { answerTask } from '#engine/answer-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { type UnwindLimits, UnwindRequestSchema, unwind } from '#executions/unwind.ts';

const PayloadSchema = z.object({ taskToken: z.string(), request: UnwindRequestSchema });

/** Serves a task of the unwind machine. */
export function createUnwind(
  ports: ExecutionPorts,
  limits?: UnwindLimits,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const { taskToken, request } = PayloadSchema.parse(payload);
    await answerTask(ports.engine, taskToken, () => unwind(ports, request, limits));
  };
}
