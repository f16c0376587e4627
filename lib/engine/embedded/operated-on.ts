import type { ExecutionDescription } from '../engine.ts';
import type { Control } from './journal-store.ts';

/** What a description tells of what operators have done to an execution. */
export function operatedOn(
  status: ExecutionDescription['status'],
  { redrives, isPaused }: Control,
): Partial<ExecutionDescription> {
  const last = redrives.at(-1);
  return {
    ...(last === undefined ? {} : { redriveCount: redrives.length, redrivenAt: last.at }),
    ...(isPaused && status === 'RUNNING' ? { isPaused } : {}),
  };
}
