import * as z from 'zod';
import { answerTask, failTaskOnError } from '#engine/answer-task.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { undoCall } from '#executions/undo-call.ts';
import { type UnwindLimits, UnwindRequestSchema, unwind } from '#executions/unwind.ts';

/** What is answered when the undo of a called workflow has ended. */
const UndoWorkflowSchema = z.object({
  action: z.literal('undo-workflow'),
  id: z.string(),
  round: z.number().int(),
});

const PayloadSchema = z.object({
  taskToken: z.string(),
  request: z.union([UnwindRequestSchema, UndoWorkflowSchema]),
});

/** Serves a task of the unwind machine. */
export function createUnwind(
  ports: ExecutionPorts,
  limits?: UnwindLimits,
): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const { taskToken, request } = PayloadSchema.parse(payload);
    if (request.action === 'undo-workflow') {
      const { id, round } = request;
      await failTaskOnError(ports.engine, taskToken, () => undoCall(ports, { id, round, taskToken }));
      return;
    }
    await answerTask(ports.engine, taskToken, () => unwind(ports, request, limits));
  };
}
