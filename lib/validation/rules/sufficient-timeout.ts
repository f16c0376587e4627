import { formatDuration } from '#core/duration.ts';
import type { Rule } from '../rule.ts';
import { shortestTime } from '../shortest-time.ts';

/** A workflow is given the time that it waits. */
export const sufficientTimeout: Rule = {
  workflow({ subject, report }) {
    const { timeoutMs, steps } = subject.workflow;
    const waits = shortestTime(steps);
    if (timeoutMs === undefined || waits < timeoutMs) return;
    report.at(['timeout'], {
      code: 'SW1513',
      message: `the workflow times out after ${formatDuration(timeoutMs)}, and its waits alone take ${formatDuration(waits)}`,
      hint: 'give it more time, or wait less',
    });
  },
};
