import type { Json } from '#core/json.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { UnwindRequestSchema, unwind } from '#executions/unwind.ts';

/** Serves the unwind machine. */
export function createUnwind(ports: ExecutionPorts): (payload: unknown) => Promise<Json> {
  return async (payload) => unwind(ports, UnwindRequestSchema.parse(payload));
}
