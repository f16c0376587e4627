import { expect, test } from 'vitest';
import type { ExecutionProgress, StepProgress } from '#cli/progress.ts';
import { createProgressReporter } from '#cli/progress-reporter.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

function progress(...steps: readonly StepProgress[]): ExecutionProgress {
  return { title: 'rollout 1.0.0', status: 'RUNNING', startedAt: 1_000, done: 0, total: 1, steps };
}

test('where stderr is no terminal, each change is one line and nothing is told twice', async () => {
  const terminal = recordingTerminal();
  const reporter = await createProgressReporter(terminal, new VirtualClock());
  const running: StepProgress = {
    path: 'a',
    status: 'RUNNING',
    attempts: 1,
    device: 'pump-1',
    startedAt: 1_200,
  };
  reporter.update(progress({ path: 'a', status: 'PENDING', attempts: 0 }));
  reporter.update(progress(running));
  reporter.update(progress(running));
  reporter.update(progress({ ...running, attempts: 2 }));
  reporter.update(
    progress({ ...running, attempts: 2, status: 'FAILED', error: 'Device.Timeout', endedAt: 3_000 }),
  );
  reporter.finish();
  expect(terminal.noted.map((line) => line.trim().replaceAll(/\s+/g, ' '))).toEqual([
    '200 ms RUNNING a pump-1',
    '200 ms RUNNING a pump-1 try 2',
    '2.0 s FAILED a pump-1 try 2 Device.Timeout',
  ]);
});

test('on a terminal the last state is left standing', async () => {
  const terminal = recordingTerminal({ live: true });
  const reporter = await createProgressReporter(terminal, new VirtualClock(2_000));
  reporter.update(progress({ path: 'only-step', status: 'SUCCEEDED', attempts: 1 }));
  reporter.finish();
  expect(terminal.drawn()).toContain('only-step');
});

test('on a terminal nothing is drawn before something is known', async () => {
  const terminal = recordingTerminal({ live: true });
  const reporter = await createProgressReporter(terminal, new VirtualClock());
  reporter.finish();
  expect(terminal.drawn()).not.toContain('steps');
});
