import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_VALUES, OTHERS } from '#analytics/rollups/cell-group.ts';
import { Cube } from '#analytics/rollups/cube.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { randomEvents } from '#support/rollup-events.ts';

/** All figures, as they are kept. */
function figuresOf(cube: Cube): unknown {
  return [...cube.groups()]
    .map(({ group, ...bucket }) => ({ ...bucket, cells: group.save() }))
    .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function cubeOf(events: readonly MonitoringEvent[]): Cube {
  const cube = new Cube();
  for (const event of events) cube.take(event);
  return cube;
}

test('in whatever order events come, and however they are divided, the figures are the same', () => {
  fc.assert(
    fc.property(
      randomEvents({ workflows: 3 * MOST_VALUES }).chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray(events, { minLength: events.length }),
          fc.array(fc.nat({ max: 3 }), { minLength: events.length, maxLength: events.length }),
        ),
      ),
      ([events, shuffled, parts]) => {
        const merged = new Cube();
        for (const part of [3, 0, 1, 2]) merged.merge(cubeOf(shuffled.filter((_, at) => parts[at] === part)));
        expect(figuresOf(merged)).toEqual(figuresOf(cubeOf(events)));
      },
    ),
    { numRuns: 15 },
  );
});

test('beyond a number of values, the others are counted together, and nothing is lost', () => {
  const events = Array.from(
    { length: 250 },
    (_, at): MonitoringEvent => ({
      ...{ v: 1, id: `execution.started/${at}`, kind: 'execution.started', at: '2027-03-01T10:30:00.000Z' },
      ...{ execution: `x${at}`, workflow: `w${at}`, version: '1.0.0', data: {} },
    }),
  );
  const groups = [...cubeOf(events).groups()];
  const hour = groups.find(({ by, dimension }) => by === 'hour' && dimension === 'workflow');
  expect(hour?.start).toBe(Date.UTC(2027, 2, 1, 10));
  const cells = hour?.group.cells ?? new Map();
  expect(cells.size).toBe(MOST_VALUES + 1);
  expect(cells.get(OTHERS)?.count('started')).toBe(150);
  expect([...cells.values()].reduce((sum, cell) => sum + cell.count('started'), 0)).toBe(250);
});

test('a step counts when it ended, an execution is busy in each hour that it took', () => {
  const cube = cubeOf([
    {
      ...{ v: 1, id: 'a', kind: 'step.failed', at: '2027-03-01T12:00:00.000Z', execution: 'x' },
      ...{ workflow: 'w', version: '1.0.0', path: 'each[3].go' },
      data: { status: 'FAILED', attempts: 3, endedAt: '2027-03-01T10:59:00.000Z', tookMs: 500 },
    },
    {
      ...{ v: 1, id: 'b', kind: 'execution.failed', at: '2027-03-01T12:30:00.000Z', execution: 'x' },
      ...{ workflow: 'w', version: '1.0.0', data: { status: 'FAILED', tookMs: 2 * 3_600_000 } },
    },
  ]);
  const figures = [...cube.groups()].flatMap(({ by, dimension, start, group }) =>
    by === 'day' || (dimension !== 'step' && dimension !== 'version')
      ? []
      : [[new Date(start).getUTCHours(), [...group.cells.keys()][0], group.save()] as const],
  );
  expect(figures.map(([hour, value, cells]) => [hour, value, cells[String(value)]?.counts])).toEqual([
    [10, 'w/each.go', { failed: 1, retries: 2 }],
    [12, 'w@1.0.0', { failed: 1, busyMs: 1_800_000 }],
    [11, 'w@1.0.0', { busyMs: 3_600_000 }],
    [10, 'w@1.0.0', { busyMs: 1_800_000 }],
  ]);
});

const LITTLE: Readonly<Record<string, Partial<MonitoringEvent> & Pick<MonitoringEvent, 'kind'>>> = {
  'an execution that was paused': { kind: 'execution.paused' },
  'a step that began': { kind: 'step.waiting', path: 'a' },
  'a command that was sent': { kind: 'command.sent' },
  'a command by hand': { kind: 'command.succeeded', data: { name: 'go' } },
  'a claim that waits': { kind: 'lease.requested', execution: 'x', data: { pools: { line: 1 } } },
  'a lease of no pools': { kind: 'lease.granted', execution: 'x', data: { waitedMs: 3 } },
  'an approval that was asked for': { kind: 'approval.asked', data: { group: 'ops' } },
  'a device': { kind: 'device.online', data: {} },
};

test.each(Object.entries(LITTLE))('%s counts for nothing', (_what, part) => {
  const event: MonitoringEvent = { v: 1, id: 'a', at: '2027-03-01T10:30:00.000Z', data: {}, ...part };
  expect([...cubeOf([event]).groups()]).toEqual([]);
});

test('what tells little counts for that', () => {
  const cells = (event: Partial<MonitoringEvent> & Pick<MonitoringEvent, 'kind'>) =>
    [...cubeOf([{ ...{ v: 1, id: 'a', at: '2027-03-01T10:30:00.000Z', data: {} }, ...event }]).groups()]
      .filter(({ by }) => by === 'day')
      .map(({ dimension, group }) => [dimension, group.save()]);
  const counts = { nanodollars: 0, stateTransitions: 0, lambdaCalls: 0, readUnits: 0, writeUnits: 0 };
  expect(cells({ kind: 'execution.measured' })).toEqual([
    ['all', { '*': { counts: { measured: 1, ...counts } } }],
  ]);
  expect(cells({ kind: 'command.failed', execution: 'x', workflow: 'w', data: { waitedMs: 7 } })).toEqual([
    ['all', { '*': { counts: { failed: 1, waitedMs: 7 } } }],
    ['workflow', { w: { counts: { failed: 1, waitedMs: 7 } } }],
  ]);
  expect(cells({ kind: 'step.skipped', execution: 'x', data: { tookMs: 5, attempts: 1 } })).toEqual([
    ['all', { '*': { counts: { skipped: 1 } } }],
  ]);
});

test('an execution that was redriven was busy before, and one of weeks counts with its last two days', () => {
  const busy = (data: MonitoringEvent['data']) => {
    const at = '2027-03-10T10:30:00.000Z';
    const cube = cubeOf([{ ...{ v: 1, id: 'a', kind: 'execution.failed', at, execution: 'x' }, data }]);
    const hours = [...cube.groups()].filter(({ by, dimension }) => by === 'hour' && dimension === 'all');
    return hours.reduce((sum, { group }) => sum + group.cellOf('*').count('busyMs'), 0);
  };
  expect(busy({ tookMs: 600_000 })).toBe(600_000);
  expect(busy({ tookMs: 600_000, redriveCount: 1 })).toBe(0);
  expect(busy({ tookMs: 14 * 86_400_000 })).toBe(47.5 * 3_600_000);
});
