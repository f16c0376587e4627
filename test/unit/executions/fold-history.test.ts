import { describe, expect, test } from 'vitest';
import type { HistoryEvent, HistoryEventType } from '#engine/history.ts';
import { foldHistory } from '#executions/fold-history.ts';
import { StepRows } from '#executions/step-rows.ts';
import { compileText } from '#support/compile-text.ts';

const { steps: STEPS } = compileText(`
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    tolerate: { count: 1 }
    steps:
      - { id: flash, command: flash, device: "{% $device.id %}" }
      - { id: check, command: check, device: "{% $device.id %}" }
`);

type Line = readonly [previous: number, type: HistoryEventType, name?: string | undefined, details?: object];

/** Events from lines: id by position, time in tens of ms. */
function events(lines: readonly Line[]): HistoryEvent[] {
  return lines.map(([previousEventId, type, name, details], at) => ({
    id: at + 1,
    previousEventId,
    type,
    timestamp: at * 10,
    details: JSON.parse(JSON.stringify({ name, ...details })),
  }));
}

function fold(lines: readonly Line[]) {
  const rows = new StepRows(STEPS);
  const { stepsToCome } = foldHistory(rows, events(lines));
  return {
    stepsToCome,
    steps: rows.all().map(({ path, status, attempts, error }) => ({ path, status, attempts, error })),
  };
}

const statuses = (lines: readonly Line[]): Record<string, string> =>
  Object.fromEntries(fold(lines).steps.map(({ path, status }) => [path, status]));

const SELECTED: readonly Line[] = [
  [0, 'ExecutionStarted'],
  [0, 'TaskStateEntered', 'all'],
  [2, 'TaskScheduled'],
  [3, 'TaskSucceeded'],
  [4, 'TaskStateExited', 'all'],
  [5, 'MapStateEntered', 'each'],
  [6, 'MapStateStarted', undefined, { length: 2 }],
];

describe('while it runs', () => {
  test('nothing is known but the steps at the top', () => {
    expect(statuses([[0, 'ExecutionStarted']])).toEqual({ all: 'PENDING', each: 'PENDING' });
  });

  test('a step runs from when it is entered, and counts its tries', () => {
    const lines: Line[] = [
      ...SELECTED.slice(0, 3),
      [3, 'TaskFailed', undefined, { error: 'E', cause: 'c' }],
      [4, 'TaskScheduled'],
    ];
    expect(fold(lines).steps[0]).toEqual({ path: 'all', status: 'RUNNING', attempts: 2, error: undefined });
  });

  test('steps of iterations to come are counted', () => {
    expect(fold(SELECTED).stepsToCome).toBe(4);
    expect(fold([...SELECTED, [7, 'MapIterationStarted', 'each', { index: 0 }]]).stepsToCome).toBe(2);
  });
});

/** Two iterations, mixed; the second fails its check, and that is caught outside of it. */
const MIXED: readonly Line[] = [
  ...SELECTED,
  [7, 'MapIterationStarted', 'each', { index: 0 }],
  [7, 'MapIterationStarted', 'each', { index: 1 }],
  [8, 'ParallelStateEntered', 'each item'],
  [9, 'ParallelStateEntered', 'each item'],
  [10, 'ParallelStateStarted'],
  [11, 'ParallelStateStarted'],
  [12, 'TaskStateEntered', 'flash'],
  [13, 'TaskStateEntered', 'flash'],
  [14, 'TaskScheduled'],
  [15, 'TaskScheduled'],
  [17, 'TaskSucceeded'],
  [18, 'TaskStateExited', 'flash'],
  [19, 'TaskStateEntered', 'check'],
  [20, 'TaskScheduled'],
  [16, 'TaskSucceeded'],
  [22, 'TaskStateExited', 'flash'],
  [21, 'TaskFailed', undefined, { error: 'Step.Unexpected', cause: 'no' }],
  [24, 'ParallelStateFailed', undefined, { error: 'Step.Unexpected' }],
  [25, 'ParallelStateExited', 'each item'],
  [26, 'TaskStateEntered', 'each settle'],
];

test('events of iterations that come mixed are kept apart', () => {
  expect(fold(MIXED).steps).toEqual([
    { path: 'all', status: 'SUCCEEDED', attempts: 1, error: undefined },
    { path: 'each', status: 'RUNNING', attempts: 1, error: undefined },
    { path: 'each[0].flash', status: 'SUCCEEDED', attempts: 1, error: undefined },
    { path: 'each[0].check', status: 'PENDING', attempts: 0, error: undefined },
    { path: 'each[1].flash', status: 'SUCCEEDED', attempts: 1, error: undefined },
    { path: 'each[1].check', status: 'FAILED', attempts: 1, error: 'Step.Unexpected' },
  ]);
});

describe('at the end', () => {
  const settled = (name: string, type: HistoryEventType = 'TaskStateEntered'): Line[] => [
    ...SELECTED,
    [7, 'MapIterationStarted', 'each', { index: 0 }],
    [8, type, name],
  ];
  const failed = { error: 'Stepwright.ToleranceExceeded', cause: '1 of 2 failed' };

  test.each<[what: string, lines: readonly Line[], error: string]>([
    [
      'what failed in it, since Step Functions says nothing of the block itself',
      [
        ...settled('each settle'),
        [9, 'TaskScheduled'],
        [10, 'TaskFailed', undefined, failed],
        [11, 'MapIterationFailed', 'each', { index: 0 }],
        [11, 'TaskStateAborted'],
        [12, 'MapStateFailed'],
        [14, 'MapStateExited', 'each'],
      ],
      'Stepwright.ToleranceExceeded',
    ],
    [
      'what failed the execution, where a Fail state tells nothing',
      [
        ...settled('no more', 'FailStateEntered'),
        [9, 'MapIterationFailed', 'each', { index: 0 }],
        [10, 'MapStateFailed'],
        [11, 'ExecutionFailed', undefined, { error: 'Plant.Closed', cause: 'it is Sunday' }],
      ],
      'Plant.Closed',
    ],
    [
      'no more than that something failed, where nothing tells more',
      [
        ...settled('no more', 'FailStateEntered'),
        [9, 'MapIterationFailed', 'each', { index: 0 }],
        [10, 'MapStateFailed'],
        [11, 'MapStateExited', 'each'],
      ],
      'States.TaskFailed',
    ],
  ])('a block that failed says %s', (_, lines, error) => {
    const each = fold(lines).steps.find(({ path }) => path === 'each');
    expect(each).toMatchObject({ status: 'FAILED', error });
  });

  test('a block may be left from its last inner event, as LocalStack tells it', () => {
    const lines: Line[] = [
      ...SELECTED,
      [7, 'MapIterationStarted', 'each', { index: 0 }],
      [8, 'ParallelStateEntered', 'each item'],
      [9, 'ParallelStateStarted'],
      [10, 'TaskStateEntered', 'flash'],
      [11, 'TaskStateExited', 'flash'],
      [12, 'ParallelStateSucceeded'],
      [12, 'ParallelStateExited', 'each item'],
      [14, 'MapIterationSucceeded', 'each', { index: 0 }],
      [15, 'MapStateSucceeded'],
      [15, 'MapStateExited', 'each'],
      [17, 'ExecutionSucceeded'],
    ];
    expect(statuses(lines)).toMatchObject({
      each: 'SUCCEEDED',
      'each[0].flash': 'SUCCEEDED',
      'each[0].check': 'SKIPPED',
    });
  });

  test('events without a chain, and nothing from inside, still tell the steps at the top, as of MiniStack', () => {
    const lines: Line[] = [
      [0, 'ExecutionStarted'],
      [1, 'TaskStateEntered', 'all'],
      [2, 'TaskScheduled'],
      [3, 'TaskSucceeded'],
      [4, 'TaskStateExited', 'all'],
      [5, 'MapStateEntered', 'each'],
      [6, 'TaskScheduled'],
      [7, 'TaskFailed', undefined, { error: 'Inner' }],
      [8, 'TaskScheduled'],
      [9, 'TaskSucceeded'],
      [10, 'MapStateExited', 'each'],
      [11, 'ExecutionSucceeded'],
    ];
    expect(statuses(lines)).toEqual({ all: 'SUCCEEDED', each: 'SUCCEEDED' });
  });

  test('what was never reached was skipped, and what failed the execution has its error', () => {
    const lines: Line[] = [
      ...SELECTED.slice(0, 2),
      [2, 'ExecutionFailed', undefined, { error: 'States.Runtime', cause: 'x' }],
    ];
    expect(fold(lines).steps).toEqual([
      { path: 'all', status: 'FAILED', attempts: 1, error: 'States.Runtime' },
      { path: 'each', status: 'SKIPPED', attempts: 0, error: undefined },
    ]);
  });

  test.each(['ExecutionAborted', 'ExecutionTimedOut'] as const)('%s cuts off what ran', (type) => {
    expect(statuses([...MIXED, [23, type]])).toMatchObject({
      each: 'CANCELLED',
      'each[0].check': 'SKIPPED',
      'each[1].check': 'FAILED',
    });
    expect(fold([...MIXED, [23, type]]).stepsToCome).toBe(0);
  });
});
