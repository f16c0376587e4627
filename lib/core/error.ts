/**
 * The names a step can fail with, as Retry and Catch match them, and what each one means. One list feeds the compiler,
 * the handlers and the reference page.
 */
export const RUNTIME_ERRORS = {
  'Device.Unknown': 'No device with this id is registered.',
  'Device.Offline': 'The device is offline and the command does not wait (`expires` is not set).',
  'Device.Expired': 'The command was not delivered before it expired.',
  'Device.Timeout': 'The command was sent, and no answer came within its timeout; what it did is unknown.',
  'Device.Failed': 'The device tried the command and reported a failure.',
  'Device.Rejected': 'The device refused the command.',
  'Device.Busy': 'The device is busy with something else.',
  'Device.Claimed': 'Another execution has claimed the device for a rollout.',
  'Device.Cancelled': 'The command was cancelled before the device finished it.',
  'Device.NoneFits': 'No device fits what `on` asks for.',
  'Step.Timeout': 'A block of steps was not through within its timeout.',
  'Step.Unexpected': 'The command succeeded, but its result is not what `expect` demands.',
  'Step.InvalidArguments': 'The evaluated arguments do not fit the command.',
  'Stepwright.Stopped': 'The execution was stopped by request.',
  'Saga.InFlight': 'Commands that may have to be undone have not been answered yet; the unwind waits.',
  'Saga.OutcomeUnknown': 'Whether a command took effect is unknown, and could not be found out.',
  'Saga.UndoFailed': 'The undo of a command failed, or was not come to.',
  'Saga.PivotPassed': 'A command is not undone, because a point of no return after it has been passed.',
  'Saga.Stalled': 'An unwind got nothing done, and another took over.',
  'Step.TooManyIterations': 'A loop reached `maxIterations`, and its condition still holds.',
  'Event.Timeout': 'The event did not come in time.',
  'Approval.Rejected': 'Somebody of the group, or as many as it takes, rejected.',
  'Approval.Timeout': 'Nobody, or not enough, of the group approved in time.',
  'Approval.Impossible': 'Fewer people may approve than have to.',
  'Concurrency.Rejected': 'As many executions of the concurrency group run as may.',
  'Lock.Timeout': 'The units were not free in time.',
  'Lock.Deadlock': 'Executions waited for each other for ever, and this step was given up for the others.',
  'Lock.Impossible': 'More units are asked for than the pool has, or there is no such pool.',
  'Workflow.Timeout': 'The workflow that was called did not end in time, and was stopped.',
  'Workflow.Stopped': 'The workflow that was called was stopped.',
  'Workflow.RollbackIncomplete': 'The workflow that was called failed, and not all of it could be undone.',
  'Workflow.InvalidInput': 'The input does not fit the workflow that is called.',
  'Workflow.TooDeep': 'Workflows call workflows too deeply.',
  'Http.ClientError': 'The service refused the call (status 400 to 499).',
  'Http.ServerError': 'The service failed (status 500 and above).',
  'Http.Unreachable': 'No connection to the service, or it broke.',
  'Http.Timeout': 'The service did not answer in time.',
  'Http.Forbidden': 'The address is one that may not be called.',
  'Http.TooLarge': 'The answer is larger than a state may hold.',
  'Secret.Unknown': 'There is no secret of this name.',
  'Decision.Unknown': 'There is no such decision, or no version of it in the range.',
  'Decision.InvalidInput': 'The input does not fit the decision.',
  'Decision.InvalidOutput': 'What was decided does not fit the outputs of the decision.',
  'Decision.Conflict': 'Rules hold together that may not: more than one, or with different outputs.',
  'Decision.Failed': 'An expression of the decision failed, or gave no true or false where one is needed.',
  'Decision.Timeout': 'Nothing was decided in time.',
  'Decision.TooDeep': 'Decisions go by decisions too deeply, or in a circle.',
  'Rollout.Unhealthy': 'What must hold between two waves did not hold in time.',
  'Stepwright.HandlerFailed': 'What carries out the step broke off each time it was called.',
  'Stepwright.Halted':
    'More iterations failed than `tolerate` allows, or an operator has stopped the execution with `keep`; what was done stays.',
  'Stepwright.ToleranceExceeded': 'More iterations failed than `tolerate` allows.',
} as const;

/** A name from {@link RUNTIME_ERRORS}. */
export type RuntimeErrorName = keyof typeof RUNTIME_ERRORS;

/** A failure of a step. Its `name` is the literal that Retry and Catch match. */
export class RuntimeError extends Error {
  /** The name Retry and Catch match; usually one of ours, or the one a device chose. */
  override readonly name: string;

  constructor(name: RuntimeErrorName | (string & {}), message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * Thrown out of a handler in place of whatever it broke off by: a table that throttles, a connection that was lost, a defect. It says
 * nothing of what the handler was called for, so that the call is made again.
 */
export class HandlerFailed extends Error {
  override readonly name = 'Stepwright.HandlerFailed' satisfies RuntimeErrorName;

  constructor(cause: unknown) {
    super(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause), { cause });
  }
}

/**
 * By what a call of a function ends that has failed itself: Lambda was throttled, or broke off, or the handler did. The names are those of
 * https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception, with throttling, what functions
 * end with that are out of time or memory, and our own of a handler that threw.
 */
export const FAILURES_OF_CALLS: readonly string[] = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Stepwright.HandlerFailed',
];

/** Whether something has failed by the call that was to do it, which says nothing of the thing itself. */
export function isFailureOfCall(error: string): boolean {
  return FAILURES_OF_CALLS.includes(error);
}

/** What kind of fault a {@link StepwrightError} is; it decides the HTTP status and the exit code. */
export type FaultKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-many-requests'
  | 'unavailable';

/** A request that cannot be served, with a stable code, what happened, and what to do about it. */
export class StepwrightError extends Error {
  override readonly name = 'StepwrightError';
  /** Stable code, such as `SW4040`; the same as its page `docs/errors/<CODE>.md`. */
  readonly code: string;
  readonly kind: FaultKind;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** When the same request may be made again, in seconds from now; undefined: nobody knows. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    fault: {
      readonly code: string;
      readonly kind: FaultKind;
      readonly message: string;
      readonly hint?: string;
      readonly retryAfterSeconds?: number;
    },
    options?: ErrorOptions,
  ) {
    super(fault.message, options);
    this.code = fault.code;
    this.kind = fault.kind;
    this.hint = fault.hint;
    this.retryAfterSeconds = fault.retryAfterSeconds;
  }
}
