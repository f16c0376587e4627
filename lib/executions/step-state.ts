import type { JsonObject } from '#core/json.ts';
import type { RouteTrace } from '#routing/trace.ts';

/** Where a step of an execution may stand. */
export const STEP_STATUSES = [
  'PENDING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
  'COMPENSATING',
  'COMPENSATED',
  'COMPENSATION_FAILED',
] as const;

/** Where a step of an execution may stand. */
export type StepStatus = (typeof STEP_STATUSES)[number];

/** One run of a step: there is one for each iteration that it is in. Times are ms since the Unix epoch. */
export interface StepState {
  readonly id: string;
  /** Such as `rollout[3].flash`. */
  readonly path: string;
  readonly status: StepStatus;
  /** Number of tries so far. */
  readonly attempts: number;
  readonly device?: string;
  /** How the device was chosen; absent where the step names it. */
  readonly route?: RouteTrace;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
  readonly cause?: string;
  /** Whether its result is one that an equal run had left. */
  readonly isCached?: boolean;
  /** Of a decision: what held, or which branch was taken. */
  readonly because?: JsonObject;
}

/** Whether nothing more is expected of a step. */
export function hasEnded({ status }: Pick<StepState, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'RUNNING' && status !== 'COMPENSATING';
}
