import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { ExecutionDocument } from '#cli/executions/execution-calls.ts';
import { readGauges } from '#cli/top/gauges.ts';
import { PANES, rowsOf } from '#cli/top/rows.ts';
import { Screen } from '#cli/top/screen.ts';
import { topDocument } from '#cli/top/top-document.ts';
import { FIRST_UI } from '#cli/top/ui.ts';
import { divideLines } from '#cli/top/view/layout.ts';
import { type LookedUp, overlayLines } from '#cli/top/view/overlay-lines.ts';
import { pictureLines } from '#cli/top/view/picture-lines.ts';
import { ageText, bar, clipped, rateText, rowLine, sparkline } from '#cli/top/view/row-line.ts';
import { fakeTty } from '#support/fake-tty.ts';
import { busyScene, SCENE_NOW } from '#support/top-scene.ts';

const PLAIN = pc.createColors(false);
const SCENE = busyScene();

test('whatever its size, the picture has no more lines than the terminal, and none is wider', () => {
  const names = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(
      fc.record({
        columns: fc.integer({ min: 20, max: 220 }),
        rows: fc.integer({ min: 4, max: 70 }),
        pane: fc.constantFrom(...PANES),
        isPaused: fc.boolean(),
        filter: fc.constantFrom('', 'rollout', 'nothing like it'),
        names: fc.array(names, { maxLength: 5 }),
      }),
      ({ columns, rows, names: found, ...set }) => {
        const running = new Map(SCENE.running);
        for (const name of found)
          running.set(name, {
            ...{ id: name, workflow: name, version: name, status: 'RUNNING', heardAt: 0 },
            ...{ troubles: 1, doing: name },
          });
        const state = { ...SCENE, running };
        const ui = { ...FIRST_UI, ...set };
        const style = { paint: pc.createColors(true), columns, rows, now: SCENE_NOW };
        const { lines } = pictureLines({ state, ui, rows: rowsOf(state, ui, SCENE_NOW) }, style);
        expect(lines).toHaveLength(rows);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\n|\r/);
        }
      },
    ),
  );
});

test('executions whose rows are shown are those of which progress is asked for', () => {
  const shown = { state: SCENE, ui: FIRST_UI, rows: rowsOf(SCENE, FIRST_UI, SCENE_NOW) };
  const { running } = pictureLines(shown, { paint: PLAIN, columns: 80, rows: 24, now: SCENE_NOW });
  expect(running).toEqual(shown.rows.running.slice(0, running.length).map(({ id }) => id));
  expect(running.length).toBeGreaterThanOrEqual(3);
});

describe('lines are divided among parts', () => {
  const wishes = [
    { pane: 'running', lines: 30 },
    { pane: 'failed', lines: 3 },
    { pane: 'alerts', lines: 10 },
  ] as const;

  test.each([
    { lines: 6, focused: 'running' as const, expected: { running: 2, failed: 2, alerts: 2 } },
    { lines: 4, focused: 'failed' as const, expected: { running: 2, failed: 2 } },
    { lines: 15, focused: 'running' as const, expected: { running: 6, failed: 3, alerts: 6 } },
    { lines: 99, focused: 'running' as const, expected: { running: 30, failed: 3, alerts: 10 } },
    { lines: 1, focused: 'running' as const, expected: {} },
  ])('$lines of them with $focused in focus', ({ lines, focused, expected }) => {
    const rooms = divideLines(wishes, focused, lines);
    expect(Object.fromEntries(rooms.map(({ pane, lines: got }) => [pane, got]))).toEqual(expected);
  });
});

test.each([
  [rateText(0), '0'],
  [rateText(0.34), '0.3'],
  [rateText(1_204), '1,204'],
  [ageText(-5), '0 s'],
  [ageText(8_400), '8 s'],
  [ageText(200_000), '3 min'],
  [ageText(18_000_000), '5 h'],
  [ageText(300_000_000), '3 d'],
  [sparkline([0, 1, 4, 8]), ' ▁▄█'],
  [sparkline([0, 0]), '  '],
  [bar(0.5, 4), '━━──'],
  [bar(7, 4), '━━━━'],
  [rowLine([{ text: 'a\u001b[2Jb' }, { text: '7', width: 4, align: 'right' }], 16), 'a [2Jb         7'],
  [rowLine([{ text: 'x', width: 3 }], 6), 'x     '],
  [rowLine([{ text: 'flexible' }, { text: 'y', width: 9 }], 10), 'flexible  '],
  [clipped('short', 10), 'short'],
  [clipped('much too\u0007long', 6), 'much …'],
])('%s is drawn', (drawn, expected) => {
  expect(drawn).toBe(expected);
});

const EXECUTION: ExecutionDocument = {
  ...{ executionId: 'e1', workflow: 'rollout', version: '1.0.0', status: 'RUNNING' },
  ...{ startedAt: new Date(SCENE_NOW - 9_000).toISOString(), input: {}, progress: { done: 1, total: 3 } },
  pausedAt: new Date(SCENE_NOW - 1_000).toISOString(),
  steps: [
    {
      ...{ id: 'flash', path: 'flash', status: 'SUCCEEDED', attempts: 1, device: 'pump-1' },
      startedAt: new Date(SCENE_NOW - 9_000).toISOString(),
      endedAt: new Date(SCENE_NOW - 5_000).toISOString(),
    },
    { id: 'check', path: 'check', status: 'FAILED', attempts: 2, error: 'Device.Timeout' },
    { id: 'tell', path: 'tell', status: 'PENDING', attempts: 0 },
  ],
};

describe('what lies over the picture', () => {
  const style = { paint: PLAIN, columns: 60, rows: 24, now: SCENE_NOW };
  const open = (kind: 'execution' | 'alert', lookedUp: LookedUp, part = {}): readonly string[] =>
    overlayLines({ overlay: { kind, id: kind === 'alert' ? 'a1' : 'e1' }, ...part }, lookedUp, style);

  test('is being looked up first', () => {
    expect(open('execution', {})[0]).toBe('looking it up …');
    expect(open('alert', { execution: EXECUTION })[0]).toBe('looking it up …');
  });

  test('tells of an execution how far it is, step by step, and why it failed', () => {
    const failed: ExecutionDocument = {
      ...EXECUTION,
      ...{ status: 'ROLLBACK_INCOMPLETE', error: 'Device.Timeout', cause: 'no answer' },
      endedAt: new Date(SCENE_NOW - 1_000).toISOString(),
      leftBehind: [
        {
          ...{ path: 'flash', device: 'pump-1', reason: 'UNDO_FAILED', error: 'Device.Busy' },
          ...{ cause: 'it has something else to do, and will have for a long time', tries: 4 },
        },
      ],
    };
    const text = open('execution', { execution: failed }).join('\n');
    expect(text).toContain('rollout 1.0.0  ROLLBACK_INCOMPLETE');
    expect(text).toContain('33 %  1/3 steps');
    expect(text).toContain('✔ flash            pump-1  4.0 s');
    expect(text).toContain('✖ check            Device.Timeout  try 2');
    expect(text).toContain('Device.Timeout: no answer');
    expect(text).toContain('left behind by 1 step:');
    expect(open('execution', { execution: EXECUTION }).join('\n')).toContain('paused since 2027-01-11');
  });

  test('tells of an alert what it is about', () => {
    const alert = {
      ...{ id: 'a1', group: 'plant', alert: 'hot', title: 'Too hot', severity: 'critical' as const },
      ...{ state: 'firing' as const, by: {}, since: EXECUTION.startedAt, devices: [], deviceCount: 0 },
      ...{
        executions: [],
        notes: [],
        message: '\u001b[2J a very long message that goes on and on and on and on',
      },
    };
    const lines = open('alert', { alert });
    expect(lines[0]).toBe('firing  critical  Too hot');
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines.at(-1)?.trimEnd()).toBe('escape back  a acknowledge');
  });

  test('is the help, in 24 rows of 80 columns', () => {
    const lines = overlayLines(
      { overlay: { kind: 'help' }, said: 'so it is' },
      {},
      { ...style, columns: 80 },
    );
    expect(lines.filter((line) => line.includes('…'))).toEqual([]);
    expect(lines.at(-1)?.trimEnd()).toBe('so it is');
  });

  test.each([20, 60, 200])('has 24 lines that are no wider than %i columns', (columns) => {
    for (const kind of ['execution', 'help'] as const) {
      const overlay = kind === 'help' ? ({ kind } as const) : { kind, id: 'e1' };
      const lines = overlayLines({ overlay }, { execution: EXECUTION }, { ...style, columns });
      expect(lines).toHaveLength(24);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });
});

describe('the screen', () => {
  test('writes what has changed alone, and gives back what was there', () => {
    const tty = fakeTty(10, 3);
    const screen = new Screen(tty);
    expect(screen.draw(['too early'])).toBe(false);
    screen.open();
    screen.draw(['one', 'two', 'full width']);
    screen.draw(['one', '2', 'full width']);
    expect(tty.written.at(-1)).toBe('\u001b[?2026h\u001b[2;1H2\u001b[0m\u001b[K\u001b[?2026l');
    expect(tty.screen()).toEqual(['one', '2', 'full width']);
    const before = tty.written.length;
    screen.draw(['one', '2', 'full width']);
    expect(tty.written).toHaveLength(before);
    screen.close();
    screen.close();
    expect(tty.written.at(-1)).toContain('\u001b[?1049l');
    expect(tty.written).toHaveLength(before + 1);
  });

  test('is drawn anew when the terminal has another size, and not at all while it is slow', () => {
    const tty = fakeTty(10, 3);
    const screen = new Screen(tty);
    screen.open();
    screen.draw(['one', 'two', 'three']);
    tty.setBusy(true);
    expect(screen.draw(['1', 'two', 'three'])).toBe(false);
    tty.setBusy(false);
    tty.resize(12, 2);
    screen.draw(['one', 'two']);
    expect(tty.written.at(-1)).toContain('\u001b[2J');
    expect(tty.screen()).toEqual(['one', 'two']);
  });
});

test('gauges are read from metrics, and the share of CPU from two of them', () => {
  const text = (cpu: number): string =>
    `# TYPE x gauge\nstepwright_executions{state="running"} 4\nstepwright_event_loop_lag_seconds 0.02\nprocess_cpu_seconds_total ${cpu}\n# EOF\n`;
  const first = readGauges(text(10), 1_000, {});
  expect(first).toEqual({ running: 4, loopLagMs: 20, cpuSeconds: 10, at: 1_000 });
  expect(readGauges(text(10.5), 6_000, first).cpuShare).toBeCloseTo(0.1);
  expect(readGauges(text(3), 6_000, first)).not.toHaveProperty('cpuShare');
});

test('the document tells the same', () => {
  const document = topDocument(SCENE, FIRST_UI, SCENE_NOW);
  expect(document).toMatchObject({
    ...{ server: 'http://127.0.0.1:8787', connection: 'live', lagMs: 12 },
    ...{ perSecond: { started: 0 }, took: { executions: { count: 60 } } },
    running: { count: 7, more: false },
    fleet: { online: 25, offline: 5, leftOut: 1, inFlight: 6, waiting: 1, by: 'zone' },
    pools: [{ name: 'uplink', used: 3, limit: 4 }],
    resources: { running: 7, queued: 2 },
  });
  expect(document.running.executions[5]).toMatchObject({
    pausedAt: '2027-01-11T06:04:58.000Z',
    progress: { done: 5 },
  });
  expect(document.failed[0]).toMatchObject({ executionId: 'run-53', error: 'Device.Timeout' });
  expect(document.alerts.map(({ name }) => name)).toEqual(['plant.failing-rollouts', 'plant.silent-device']);
});

test.each([
  ['it asks again and again', { connection: { kind: 'polling' } }, '● asks each 1 s'],
  ['there are more executions than were read', { isRunningCut: true }, /RUNNING \d+\+, by age/],
  ['there are more devices than were read', { isFleetCut: true }, '30 devices and more'],
  ['a pool is full', { pools: [{ name: 'uplink', used: 4, limit: 4 }] }, '4 of 4'],
  ['a pool has no units', { pools: [{ name: 'closed', used: 0, limit: 0 }] }, /closed +━{10} +0 of 0/],
  [
    'an execution was stopped',
    { failed: [{ id: 'x', workflow: 'w', version: '1.0.0', status: 'ROLLBACK_INCOMPLETE', at: SCENE_NOW }] },
    'rollback incomplete',
  ],
  ['a device is nowhere', { devices: new Map([['d', { type: 'pump', isOnline: true }]]) }, '(nowhere)'],
] as const)('the picture tells when %s', (_what, part, seen) => {
  const state = { ...SCENE, ...part };
  const shown = { state, ui: FIRST_UI, rows: rowsOf(state, FIRST_UI, SCENE_NOW) };
  const { lines } = pictureLines(shown, { paint: PLAIN, columns: 120, rows: 60, now: SCENE_NOW });
  expect(lines.join('\n')).toMatch(seen);
});

test('what is typed as a filter is shown, with how to end it', () => {
  const ui = { ...FIRST_UI, isTyping: true, filter: 'hall' };
  const shown = { state: SCENE, ui, rows: rowsOf(SCENE, ui, SCENE_NOW) };
  const { lines } = pictureLines(shown, { paint: PLAIN, columns: 80, rows: 24, now: SCENE_NOW });
  expect(lines.at(-1)).toContain('/hall▏  enter keeps the filter');
});
