import type { ZodError } from 'zod';

/**
 * A call of a service that failed. `name` is the error name that Retry, Catch and the history see, such as
 * `DynamoDB.ConditionalCheckFailedException`; `message` is the cause.
 */
export class ServiceFailure extends Error {
  override readonly name: string;

  constructor(name: string, cause: string, options?: ErrorOptions) {
    super(cause, options);
    this.name = name;
  }
}

/** Bytes that the result of a task may have (AWS Step Functions, "Quotas related to state machine executions"). */
export const MAX_RESULT_BYTES = 262_144;

/** A result that is larger than {@link MAX_RESULT_BYTES}; `resource` is the task's, such as `getObject`. */
export function resultTooLarge(resource: string): ServiceFailure {
  return new ServiceFailure(
    'States.DataLimitExceeded',
    `The state/task '${resource}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/** Arguments or a setting with which no call can be made. Nothing but a change of the machine or the host helps. */
export function unusable(cause: string, options?: ErrorOptions): ServiceFailure {
  return new ServiceFailure('States.Runtime', cause, options);
}

/** Arguments that are not what an integration takes: all that is wrong in them. */
export function wrongArguments(integration: string, { issues }: ZodError): ServiceFailure {
  const reasons = issues.map(({ path, message }) => [...path, message].join(': '));
  return unusable(`The arguments of ${integration} are wrong: ${reasons.join('; ')}`);
}
