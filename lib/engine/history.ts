import type { JsonObject } from '#core/json.ts';

/**
 * Event types of `GetExecutionHistory` that a Stepwright machine can produce, by Step Functions' own names
 * (AWS Step Functions API Reference, HistoryEvent).
 */
export type HistoryEventType =
  | 'ExecutionStarted'
  | 'ExecutionSucceeded'
  | 'ExecutionFailed'
  | 'ExecutionAborted'
  | 'ExecutionTimedOut'
  | 'ExecutionRedriven'
  | `${'Pass' | 'Choice' | 'Succeed' | 'Wait' | 'Task' | 'Parallel' | 'Map'}State${'Entered' | 'Exited'}`
  | 'FailStateEntered'
  | 'WaitStateAborted'
  | 'TaskStateAborted'
  | `${'Parallel' | 'Map'}State${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `MapIteration${'Started' | 'Succeeded' | 'Failed' | 'Aborted'}`
  | `MapRun${'Started' | 'Succeeded' | 'Failed' | 'Aborted' | 'Redriven'}`
  | `Task${'Scheduled' | 'Started' | 'StartFailed' | 'Submitted' | 'SubmitFailed' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `LambdaFunction${'Scheduled' | 'ScheduleFailed' | 'Started' | 'StartFailed' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | `Activity${'Scheduled' | 'ScheduleFailed' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut'}`
  | 'EvaluationFailed';

/**
 * One event of an execution's history. `details` holds the content of the one `…EventDetails` field that the type
 * carries in Step Functions, for example `{ name, input }` of `stateEnteredEventDetails`; documents inside (`input`,
 * `output`, `parameters`, the values of `assignedVariables`) are JSON text, as there.
 */
export interface HistoryEvent {
  /** 1-based, without gaps, in order of time. */
  readonly id: number;
  /** The event that led to this one; 0 for the first. Chains the events of one branch or iteration. */
  readonly previousEventId: number;
  readonly type: HistoryEventType;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly details: JsonObject;
}
