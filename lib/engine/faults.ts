import { StepwrightError } from '#core/error.ts';
import type { ExecutionRef } from './engine.ts';

/** SW4012: machines are immutable. */
export function otherDefinition(machine: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4012',
    kind: 'conflict',
    message: `machine "${machine}" exists with another definition`,
    hint: 'machines never change; deploy it under another name or version',
  });
}

/** SW4013: what was to be started is not deployed. */
export function noMachine(machine: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4013',
    kind: 'not-found',
    message: `there is no machine "${machine}"`,
  });
}

/** SW4014: an execution that was never started. */
export function noExecution({ machine, name }: ExecutionRef): StepwrightError {
  return new StepwrightError({
    code: 'SW4014',
    kind: 'not-found',
    message: `there is no execution "${name}" of "${machine}"`,
  });
}

/** SW4015: a name stands for one execution, with one input. */
export function nameTaken({ name }: ExecutionRef): StepwrightError {
  return new StepwrightError({
    code: 'SW4015',
    kind: 'conflict',
    message: `execution "${name}" was started before with another input`,
    hint: 'give it another name',
  });
}

/** SW4016: the quota of Step Functions for a payload. */
export function tooLarge(size: number, limit: number): StepwrightError {
  return new StepwrightError({
    code: 'SW4016',
    kind: 'invalid',
    message: `the input has ${size} bytes, more than the ${limit} that Step Functions takes`,
    hint: 'pass a reference to large data',
  });
}

/** SW4083: data that no reader of JSON on AWS takes. */
export function tooDeep(deepest: number): StepwrightError {
  return new StepwrightError({
    code: 'SW4083',
    kind: 'invalid',
    message: `the data is nested more than ${deepest} levels deep`,
    hint: 'pass it as text, or a reference to it',
  });
}

/** How long a server takes to be there again, in seconds. */
const RESTART_SECONDS = 5;

/** SW4017: an engine that is closed. */
export function engineClosed(): StepwrightError {
  return new StepwrightError({
    code: 'SW4017',
    kind: 'unavailable',
    message: 'the engine is shutting down',
    hint: 'try again',
    retryAfterSeconds: RESTART_SECONDS,
  });
}

/** SW4090: an execution that could not be gone on with after a restart; it runs on paper, and nothing happens in it. */
export function cannotGoOn({ machine, name }: ExecutionRef, reason: unknown): StepwrightError {
  const told = reason instanceof Error ? reason.message : String(reason);
  return new StepwrightError(
    {
      code: 'SW4090',
      kind: 'conflict',
      message: `execution "${name}" of "${machine}" cannot go on: ${told}`,
      hint: 'stop it and start another one; or run a version of Stepwright that can read it, and it goes on where it was',
    },
    { cause: reason },
  );
}

/** SW4090: a row of the store that tells of an execution, and cannot be read. */
export function unreadableExecution(id: number, reason: unknown): StepwrightError {
  const told = reason instanceof Error ? reason.message : String(reason);
  return new StepwrightError(
    {
      code: 'SW4090',
      kind: 'conflict',
      message: `execution number ${id} cannot go on: its row in the database is damaged: ${told}`,
      hint: 'restore a backup, if it matters; all others go on',
    },
    { cause: reason },
  );
}

/** SW4060: Step Functions' rules of what can be redriven ("Redriving executions", Developer Guide). */
export class ExecutionNotRedrivable extends StepwrightError {
  constructor(reason: string) {
    super({
      code: 'SW4060',
      kind: 'conflict',
      message: `the execution cannot be redriven: ${reason}`,
      hint: 'start a new one',
    });
  }
}

/** SW4061: what the embedded engine can do and Step Functions cannot. */
export function notOnStepFunctions(what: string, hint: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4061',
    kind: 'conflict',
    message: `Step Functions cannot ${what}`,
    hint,
  });
}

/** Whether AWS has refused a request because there were too many. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && error.name === 'ThrottlingException';
}
