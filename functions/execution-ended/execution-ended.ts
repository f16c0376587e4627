import * as z from 'zod';
import { type Json, JsonSchema } from '#core/json.ts';
import { executionEnded } from '#executions/ended.ts';
import type { ExecutionPorts } from '#executions/ports.ts';

const ExecutionEndedSchema = z.object({
  ref: z.object({ machine: z.string(), name: z.string() }),
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  output: JsonSchema.exactOptional(),
  error: z.string().exactOptional(),
  cause: z.string().exactOptional(),
  endedAt: z.number(),
});

/** Settles an execution that the engine has ended. */
export function createExecutionEnded(ports: ExecutionPorts): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    await executionEnded(ports, ExecutionEndedSchema.parse(payload));
    return {};
  };
}
