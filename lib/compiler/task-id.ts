import type { StepTask } from './task-payload.ts';

/** More than a step by itself is tried: tries of the blocks around it count in hundreds. */
export const TRIES_OF_A_BLOCK = 100;

type Try = Pick<StepTask, 'execution' | 'path' | 'attempt'>;

/** The id of one try of a step: of its execution, path, and number of the try. */
export function taskId({ execution, path, attempt }: Try): string {
  return `${execution}:${path}:${attempt}`;
}

/** The first try of a step within the same try of the blocks around it. */
export function firstTry({ attempt }: Pick<Try, 'attempt'>): number {
  return attempt - (attempt % TRIES_OF_A_BLOCK);
}

/**
 * The id of a task that leaves nothing behind when it has ended, and so may go by one id however often it is tried: a call
 * that has failed is made again by the next number, and means the same.
 */
export function lastingTaskId(task: Try): string {
  return taskId({ ...task, attempt: firstTry(task) });
}
