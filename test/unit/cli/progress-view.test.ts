import pc from 'picocolors';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { progressRows, type StepProgress } from '#cli/progress.ts';
import { progressLines } from '#cli/progress-view.ts';

const style = { paint: pc.createColors(false), columns: 60, rows: 30, now: 5_000, frame: 0 };

function step(path: string, status: string, part: Partial<StepProgress> = {}): StepProgress {
  return { path, status, attempts: 1, ...part };
}

function execution(steps: readonly StepProgress[]) {
  return { title: 'rollout 1.0.0', status: 'RUNNING', startedAt: 1_000, done: 1, total: 2, steps };
}

test('the steps of an iteration share a row below their forEach, in order of the items', () => {
  const rows = progressRows([
    step('each', 'RUNNING'),
    step('after', 'PENDING'),
    step('each[10].flash', 'RUNNING'),
    step('each[2].flash', 'SUCCEEDED', { device: 'pump-2' }),
    step('each[2].check', 'RUNNING'),
  ]);
  expect(rows.map((row) => [row.kind, row.label])).toEqual([
    ['step', 'each'],
    ['iteration', 'pump-2'],
    ['iteration', '#11'],
    ['step', 'after'],
  ]);
});

test('steps in a branch are indented below what contains them', () => {
  const rows = progressRows([step('both', 'RUNNING'), step('both.left.read', 'RUNNING')]);
  expect(rows).toMatchObject([
    { label: 'both', depth: 0 },
    { label: 'left.read', depth: 1 },
  ]);
});

test('iterations of a forEach inside a forEach are below the iteration they belong to', () => {
  const rows = progressRows([
    step('outer', 'RUNNING'),
    step('outer[0].inner', 'RUNNING'),
    step('outer[0].inner[0].read', 'RUNNING'),
    step('outer[1].inner', 'RUNNING'),
  ]);
  expect(rows.map((row) => [row.depth, row.label])).toEqual([
    [0, 'outer'],
    [1, '#1'],
    [2, '#1'],
    [1, '#2'],
  ]);
});

test('the view shows title, elapsed time, share done, and what each step is at', () => {
  const lines = progressLines(
    execution([
      step('targets', 'SUCCEEDED', { startedAt: 1_000, endedAt: 1_250 }),
      step('each', 'RUNNING', { startedAt: 2_000 }),
      step('each[0].flash', 'FAILED', { device: 'pump-1', attempts: 3, error: 'Device.Timeout' }),
      step('tell', 'PENDING'),
    ]),
    style,
  );
  expect(lines).toEqual([
    '⠋ rollout 1.0.0                                       4.0 s',
    `  ${'━'.repeat(20)}${'─'.repeat(20)}  50 %  1/2 steps`,
    '',
    '  ✔ targets          250 ms',
    '  ⠋ each             3.0 s',
    '    ✖ pump-1            ✖ flash Device.Timeout ×3',
    '  · tell',
  ]);
});

test('it never grows beyond the terminal: of many iterations those that run or failed come first', () => {
  const iterations = Array.from({ length: 50 }, (_, index) =>
    step(`each[${index}].flash`, index === 40 ? 'FAILED' : index === 30 ? 'RUNNING' : 'SUCCEEDED'),
  );
  const lines = progressLines(execution([step('each', 'RUNNING'), ...iterations]), { ...style, rows: 10 });
  expect(lines.length).toBeLessThan(10);
  expect(lines.join('\n')).toContain('#31');
  expect(lines.join('\n')).toContain('#41');
  expect(lines.at(-1)).toBe('    … 46 more, 46 of them done');
});

test('no line is wider than the terminal', () => {
  const long = step('a-step-with-a-name-that-goes-on-and-on-for-very-long', 'FAILED', {
    device: 'a-device-with-a-long-name-too',
    error: 'An.Error.With.Many.Words',
  });
  const members = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].map((name) =>
    step(`each[0].${name}`, 'SUCCEEDED'),
  );
  for (const columns of [40, 60, 80]) {
    const lines = progressLines(execution([long, step('each', 'RUNNING'), ...members]), {
      ...style,
      columns,
    });
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  }
});
