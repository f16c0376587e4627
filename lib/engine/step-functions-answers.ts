import { InvalidToken, TaskDoesNotExist, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { TaskAnswer, TaskFailure } from './engine.ts';

/** Largest cause that Step Functions takes, in characters; the error name has 256. */
const MAX_CAUSE = 32_768;
const MAX_ERROR = 256;

/** Whether an answer to a task token was taken. */
export async function answered(send: () => Promise<unknown>): Promise<TaskAnswer> {
  try {
    await send();
    return 'accepted';
  } catch (error) {
    const isGone =
      error instanceof TaskDoesNotExist || error instanceof TaskTimedOut || error instanceof InvalidToken;
    if (isGone) return 'gone';
    throw error;
  }
}

/** A failure as long as Step Functions takes it. */
export function limited({ error, cause }: TaskFailure): TaskFailure {
  return { error: error.slice(0, MAX_ERROR), cause: cause.slice(0, MAX_CAUSE) };
}
