import type { ExecutionDescription } from './engine.ts';

/** How long after its end an execution can be redriven (Step Functions Developer Guide, "Redriving executions"): 14 days. */
const REDRIVABLE_MS = 14 * 86_400_000;
/** Events that a redrive needs room for: its own, and one more. */
const ROOM = 2;

/** What decides whether an execution can be redriven. */
export interface RedriveStanding extends Pick<ExecutionDescription, 'status' | 'endedAt'> {
  /** How many events its history has. */
  readonly events: number;
  /** How many it may have. */
  readonly maxEvents: number;
}

/** Why an execution cannot be redriven at a time (ms since the epoch), in Step Functions' words; undefined when it can. */
export function redriveRefusal(
  { status, endedAt = 0, events, maxEvents }: RedriveStanding,
  now: number,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED' || status === 'PENDING_REDRIVE') {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (now - endedAt > REDRIVABLE_MS) {
    return 'Execution cannot be redriven because it exceeds the redrivable period of 14 days';
  }
  if (events + ROOM > maxEvents) {
    return `Execution cannot be redriven because its history has ${events} of ${maxEvents} events`;
  }
  return undefined;
}
