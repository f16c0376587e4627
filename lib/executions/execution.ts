import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { executionKeys } from '#table/keys.ts';
import type { Item } from '#table/table.ts';

/** Where an execution may stand. The first two are not the last word. */
export const EXECUTION_STATUSES = [
  ...(['RUNNING', 'ROLLING_BACK'] as const),
  ...(['SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'ROLLBACK_INCOMPLETE', 'STOPPED', 'TIMED_OUT'] as const),
] as const;

/** Where an execution may stand. */
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** Whether a status is the last word on an execution. */
export function isFinal(status: ExecutionStatus): boolean {
  return status !== 'RUNNING' && status !== 'ROLLING_BACK';
}

/** The step that waits for an execution. */
const ParentSchema = z.object({ execution: z.string(), path: z.string(), taskToken: z.string() });

/** The record of an execution. Times are ms since the Unix epoch. */
export const ExecutionSchema = z.object({
  id: z.string(),
  workflow: z.string(),
  version: z.string(),
  /** The alias by which it was started. */
  alias: z.string().optional(),
  /** The engine's machine that runs it; the engine's execution has the name of `id`. */
  machine: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  input: JsonSchema,
  output: JsonSchema.optional(),
  /** Whether the output is kept in an item of its own. */
  hasLargeOutput: z.boolean().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** Where it was called from, when another execution has called it and waits. */
  parent: ParentSchema.optional(),
  /** How many executions have called each other to get here. */
  depth: z.number().int().optional(),
  /** Who started it, where that was said; of one that another has called, who started that. */
  startedBy: z.string().optional(),
  /** The place in a trace that it is under, as a `traceparent` of W3C Trace Context. */
  traceparent: z.string().exactOptional(),
  /** How many undos of its version no drill had proven when it began; absent where all were. */
  unprovenUndos: z.number().int().exactOptional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** Since when it enters no step until it is resumed. */
  pausedAt: z.number().optional(),
  /** How often it has been redriven, and when it was last. */
  redriveCount: z.number().int().optional(),
  redrivenAt: z.number().optional(),
  /** Which unwind has charge of it, and in which round of its rollback (unwind-run.ts). */
  unwindRun: z.number().int().optional(),
  rollbackRound: z.number().int().optional(),
  /** What had been done of the unwind when it was looked at last, and how often it was begun again since that has changed. */
  unwindMark: z.string().optional(),
  unwindRevivals: z.number().int().optional(),
});

/** The record of an execution. */
export type Execution = z.infer<typeof ExecutionSchema>;

/** The item that keeps an execution. */
export function toExecutionItem(execution: Execution): Item {
  const day = new Date(execution.startedAt).toISOString().slice(0, 10);
  return {
    ...executionKeys.meta(execution.id),
    gsi1pk: executionKeys.byWorkflow(execution.workflow),
    gsi1sk: execution.id,
    gsi2pk: executionKeys.byDay(day),
    gsi2sk: execution.id,
    ...execution,
  };
}

/** The execution that an item keeps. */
export function fromExecutionItem(item: Item): Execution {
  return ExecutionSchema.parse(item);
}
