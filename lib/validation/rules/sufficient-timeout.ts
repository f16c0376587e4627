import { formatDuration } from '#core/duration.ts';
import type { Step } from '#definition/model.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import { shortestTime } from '../shortest-time.ts';

/** A workflow, and each block in it, is given the time that it waits. */
export const sufficientTimeout: Rule = {
  workflow({ subject, report }) {
    const { timeoutMs, steps } = subject.workflow;
    const violation = tooShort('the workflow', { timeoutMs, waits: shortestTime(steps) });
    if (violation !== undefined) report.at(['timeout'], violation);
  },
  step({ step, path }, { report }) {
    const limits = timeLimitOf(step);
    const violation = limits && tooShort(`step "${step.id}"`, limits);
    if (violation !== undefined) report.at([...path, 'timeout'], violation);
  },
};

interface TimeLimit {
  readonly timeoutMs: number | undefined;
  /** What its waits take at least, in ms. */
  readonly waits: number;
}

function timeLimitOf(step: Step): TimeLimit | undefined {
  switch (step.kind) {
    case 'parallel':
      return {
        timeoutMs: step.timeoutMs,
        waits: Math.max(0, ...Object.values(step.branches).map(shortestTime)),
      };
    case 'forEach':
    case 'while':
      return { timeoutMs: step.timeoutMs, waits: shortestTime(step.steps) };
    default:
      return undefined;
  }
}

function tooShort(what: string, { timeoutMs, waits }: TimeLimit): Violation | undefined {
  if (timeoutMs === undefined || waits < timeoutMs) return undefined;
  return {
    code: 'SW1513',
    message: `${what} times out after ${formatDuration(timeoutMs)}, and its waits alone take ${formatDuration(waits)}`,
    hint: 'give it more time, or wait less',
  };
}
