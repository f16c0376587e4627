import { StepwrightError } from '#core/error.ts';
import type { Execution, ExecutionStatus } from '../execution.ts';

/** What is to be done instead, by where an execution stands. */
const INSTEAD: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'stop it first, or wait until it has ended',
  ROLLING_BACK: 'wait until it is rolled back, and start a new one',
  SUCCEEDED: 'there is nothing left to do; start a new one',
  FAILED: 'redrive it',
  STOPPED: 'redrive it',
  TIMED_OUT: 'redrive it',
  ROLLED_BACK: 'what it did has been undone; start a new one',
  ROLLBACK_INCOMPLETE: 'what it did has been undone in part; see what is left, and roll it back again',
};

/** Where an execution stands that has ended, and of which nothing has been undone. */
const REDRIVABLE: readonly ExecutionStatus[] = ['FAILED', 'STOPPED', 'TIMED_OUT'];

/** Whether the steps that an execution has done still hold, so that it can go on from where it failed. */
export function canGoOn({ status }: Pick<Execution, 'status'>): boolean {
  return REDRIVABLE.includes(status);
}

/** Throws SW4062 when an execution cannot go on from where it failed. */
export function demandRedrivable({ id, status }: Execution): void {
  if (canGoOn({ status })) return;
  throw new StepwrightError({
    code: 'SW4062',
    kind: 'conflict',
    message: `execution "${id}" is ${status}, and cannot be redriven`,
    hint: INSTEAD[status],
  });
}

/** Throws SW4066 when an execution does not run. */
export function demandRunning({ id, status }: Execution, what: string): void {
  if (status === 'RUNNING') return;
  throw new StepwrightError({
    code: 'SW4066',
    kind: 'conflict',
    message: `execution "${id}" is ${status}, and cannot be ${what}`,
    hint: `only what runs can be ${what}; ${INSTEAD[status]}`,
  });
}

/** SW4064: a step that cannot be skipped as it stands. */
export function notSkippable(path: string, why: string, hint?: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4064',
    kind: 'conflict',
    message: `step "${path}" cannot be skipped: ${why}`,
    hint: hint ?? 'GET /v1/executions/{id} tells how each step stands',
  });
}

/** Steps that hold others, or decide where it goes on: a result does not say that. */
export const NOT_BY_A_RESULT: readonly string[] = [
  'choose',
  'parallel',
  'while',
  'lock',
  'set',
  'succeed',
  'fail',
];
