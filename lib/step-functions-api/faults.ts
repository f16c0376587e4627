import type { JsonObject } from '#core/json.ts';

/** What a request is refused with, by Step Functions' own name and words (Step Functions API Reference, "Errors"). */
export class ApiFault extends Error {
  /** Such as `StateMachineDoesNotExist`. */
  override readonly name: string;
  /** HTTP status. */
  readonly status: number;
  /** What the body has besides name and message. */
  readonly more: JsonObject;

  constructor(name: string, message: string, { status = 400, more = {} }: FaultOptions = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.more = more;
  }
}

/** What a fault has besides name and message. */
export interface FaultOptions {
  /** HTTP status. Default: 400. */
  readonly status?: number;
  readonly more?: JsonObject;
}

/** A request whose members do not fit; `reason` is one of the service's own. */
export function validationFault(message: string, reason?: string): ApiFault {
  return new ApiFault('ValidationException', message, reason === undefined ? {} : { more: { reason } });
}

/** An ARN that is none, or of something else. */
export function invalidArn(reason: string): ApiFault {
  return new ApiFault('InvalidArn', `Invalid Arn: '${reason}'`);
}

/** No state machine, version or alias has this ARN. */
export function noStateMachine(arn: string): ApiFault {
  return new ApiFault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** A state machine that is deleted as soon as its executions have ended. */
export function machineDeleting(arn: string): ApiFault {
  return new ApiFault('StateMachineDeleting', `State Machine is being deleted: '${arn}'`);
}

/** No execution has this ARN. */
export function noExecution(arn: string): ApiFault {
  return new ApiFault('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** The name stands for another execution, or for one that has ended. */
export function executionExists(arn: string): ApiFault {
  return new ApiFault('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}

/** No activity has this ARN. */
export function noActivity(arn: string): ApiFault {
  return new ApiFault('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
}

/** An alias, a map run or another resource that is not there. */
export function noResource(arn: string): ApiFault {
  return new ApiFault('ResourceNotFound', `Resource not found: '${arn}'`, { more: { resourceName: arn } });
}

/** A name of characters that names do not have. */
export function invalidName(name: string): ApiFault {
  return new ApiFault('InvalidName', `Invalid Name: '${name}'`);
}

/** A page token that this server did not give, or gave for another request. */
export function invalidPageToken(): ApiFault {
  return new ApiFault('InvalidToken', "Invalid Token: 'Invalid token'");
}

/** A change that what is there does not allow. */
export function conflict(message: string): ApiFault {
  return new ApiFault('ConflictException', message);
}
