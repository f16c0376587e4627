import type { StepTask } from './task-payload.ts';

/** The id of one try of a step: of its execution, path, and number of the try. */
export function taskId({
  execution,
  path,
  attempt,
}: Pick<StepTask, 'execution' | 'path' | 'attempt'>): string {
  return `${execution}:${path}:${attempt}`;
}
