import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedEvent } from '#cli/events/event-calls.ts';
import { foldEvents } from '#cli/top/fold/fold-events.ts';
import { foldExecution, foldSnapshot, type Snapshot } from '#cli/top/fold/fold-snapshot.ts';
import { fleetOf, quantilesOf, ratesOf, serverTime, stretches } from '#cli/top/picture.ts';
import { emptyState, KEPT, type TopState } from '#cli/top/top-state.ts';
import { feedEvent, ofExecution, T0 } from '#support/top-events.ts';

const BEGIN = emptyState('http://127.0.0.1:8787', T0);

function after(events: readonly FeedEvent[], receivedAt: number | undefined = T0): TopState {
  return foldEvents(BEGIN, { events, receivedAt });
}

const NOTHING: Snapshot = {
  ...{ executions: [], devices: new Map(), isFleetCut: false, breakers: [], failures: [] },
  ...{ alerts: [], pools: [] },
};

const sent = (execution: string, ms: number, command = `c-${execution}`): FeedEvent =>
  ofExecution('command.sent', ms, execution, {
    ...{ device: 'pump-1', command, path: 'flash' },
    data: { name: 'ping', status: 'SENT', attempt: 0 },
  });

test('an execution runs from its start to its end, and says what it does', () => {
  const started = after([ofExecution('execution.started', 0, 'a'), sent('a', 10)]);
  expect([...started.running.values()]).toEqual([
    {
      ...{ id: 'a', workflow: 'rollout', version: '1.0.0', status: 'RUNNING', startedAt: T0 },
      ...{ heardAt: T0 + 10, doing: 'flash pump-1', troubles: 0 },
    },
  ]);
  const ended = foldEvents(started, {
    events: [
      ofExecution('execution.failed', 20, 'a', {
        data: { status: 'FAILED', error: 'Device.Timeout', cause: 'no answer', tookMs: 20 },
      }),
    ],
    receivedAt: T0 + 20,
  });
  expect(ended.running.size).toBe(0);
  expect(ended.failed).toEqual([
    {
      ...{ id: 'a', workflow: 'rollout', version: '1.0.0', status: 'FAILED', at: T0 + 20, tookMs: 20 },
      ...{ error: 'Device.Timeout', cause: 'no answer' },
    },
  ]);
});

test('what comes late of an execution that has ended does not bring it back; a redrive does', () => {
  const over = after([
    ofExecution('execution.started', 0, 'a'),
    ofExecution('execution.failed', 5, 'a', { data: { status: 'FAILED' } }),
    ofExecution('step.failed', 5, 'a', { path: 'flash', data: { status: 'FAILED', attempts: 1 } }),
    sent('a', 6),
  ]);
  expect(over.running.size).toBe(0);
  const again = foldEvents(over, {
    events: [ofExecution('execution.redriven', 9, 'a', { data: { from: 'FAILED' } })],
    receivedAt: T0 + 9,
  });
  expect(again.running.get('a')).toMatchObject({ status: 'RUNNING', troubles: 0 });
});

test.each<[string, readonly FeedEvent[], object]>([
  ['is paused', [ofExecution('execution.paused', 3, 'a')], { pausedAt: T0 + 3 }],
  [
    'rolls back, for a reason',
    [
      ofExecution('execution.rolling-back', 3, 'a', {
        data: { status: 'ROLLING_BACK', error: 'Plant.Unsafe' },
      }),
    ],
    { status: 'ROLLING_BACK', error: 'Plant.Unsafe', doing: '' },
  ],
  [
    'has commands that fail',
    [
      ofExecution('command.failed', 3, 'a', { data: { name: 'x', error: 'Device.Busy' } }),
      ofExecution('command.timed-out', 4, 'a', { data: { name: 'x' } }),
    ],
    { troubles: 2, error: 'Device.Busy' },
  ],
  [
    'waits for an event',
    [ofExecution('step.waiting', 3, 'a', { path: 'gate', data: { event: 'door.opened' } })],
    { doing: 'gate waits for door.opened' },
  ],
  [
    'asks people',
    [ofExecution('approval.asked', 3, 'a', { path: 'ask', data: { group: 'ops' } })],
    { doing: 'ask asks ops' },
  ],
  [
    'stands in line',
    [ofExecution('lease.requested', 3, 'a', { path: 'held', data: { pools: { uplink: 2 } } })],
    { doing: 'held in line for uplink' },
  ],
  [
    'waits between waves',
    [ofExecution('rollout.waiting', 3, 'a', { path: 'rollout', data: { action: 'soak' } })],
    { doing: 'rollout waits: soak' },
  ],
  [
    'has a command in a mailbox',
    [
      ofExecution('command.queued', 3, 'a', {
        path: 'flash',
        device: 'p',
        command: 'c',
        data: { name: 'x' },
      }),
    ],
    { doing: 'flash p (waits)' },
  ],
  [
    'calls a service',
    [ofExecution('call.opened', 3, 'a', { path: 'pay', data: { service: 'h' } })],
    { doing: 'pay h' },
  ],
  [
    'decides',
    [ofExecution('decision.made', 3, 'a', { path: 'pick', data: { because: {} } })],
    { doing: 'pick' },
  ],
])('of an execution is known that it %s', (_what, events, expected) => {
  const state = after([ofExecution('execution.started', 0, 'a'), ...events]);
  expect(state.running.get('a')).toMatchObject(expected);
});

test('one that was paused goes on', () => {
  const state = after([
    ...[ofExecution('execution.started', 0, 'a'), ofExecution('execution.paused', 3, 'a')],
    ofExecution('execution.resumed', 4, 'a', { data: { pausedMs: 1 } }),
  ]);
  expect(state.running.get('a')).not.toHaveProperty('pausedAt');
});

test('commands are in flight or wait, by where their devices are', () => {
  const devices = new Map([
    ['pump-1', { type: 'pump', zone: 'berlin', isOnline: true }],
    ['pump-2', { type: 'pump', zone: 'berlin', isOnline: false }],
  ]);
  const fleet = foldSnapshot(BEGIN, { ...NOTHING, devices });
  const state = foldEvents(fleet, {
    events: [
      ...[sent('a', 1), sent('a', 1, 'second')],
      feedEvent('command.queued', 1, { device: 'pump-2', command: 'third', data: {} }),
      feedEvent('command.succeeded', 2, { device: 'pump-1', command: 'second', data: {} }),
      feedEvent('device.quarantined', 2, {
        device: 'pump-1',
        data: { until: new Date(T0 + 60_000).toISOString() },
      }),
      feedEvent('device.offline', 3, { device: 'pump-1' }),
      feedEvent('device.registered', 3, { device: 'valve-1', data: { type: 'valve' } }),
      feedEvent('device.online', 4, { device: 'valve-1' }),
    ],
    receivedAt: T0 + 4,
  });
  expect(fleetOf(state, 'zone', T0 + 5).parts).toEqual([
    { name: '', online: 1, offline: 0, leftOut: 0, inFlight: 0, waiting: 0 },
    { name: 'berlin', online: 0, offline: 2, leftOut: 1, inFlight: 1, waiting: 1 },
  ]);
  expect(fleetOf(state, 'type', T0 + 90_000).whole).toMatchObject({ online: 1, offline: 2, leftOut: 0 });
  const gone = foldEvents(state, {
    events: [
      feedEvent('device.removed', 5, { device: 'pump-1', data: {} }),
      feedEvent('device.breaker-closed', 5, { device: 'pump-1', data: { ability: '*' } }),
    ],
    receivedAt: T0 + 5,
  });
  expect([gone.devices.has('pump-1'), gone.leftOut.size]).toEqual([false, 0]);
});

const ALERT = {
  ...{ id: 'plant.hot.1', group: 'plant', alert: 'hot', title: 'Too hot' },
  ...{ severity: 'critical', values: { zone: 'berlin' } },
};

test('an alert fires, somebody looks after it, and it is over', () => {
  const firing = after([feedEvent('alert.firing', 0, { data: ALERT })]);
  expect([...firing.alerts.values()]).toEqual([
    {
      ...{ id: 'plant.hot.1', name: 'plant.hot', title: 'Too hot', severity: 'critical' },
      ...{ values: { zone: 'berlin' }, since: T0 },
    },
  ]);
  const batch = (kind: 'alert.acknowledged' | 'alert.resolved') => ({
    events: [feedEvent(kind, 9, { data: { ...ALERT, by: 'ada' } })],
    receivedAt: T0 + 9,
  });
  const taken = foldEvents(firing, batch('alert.acknowledged'));
  expect(taken.alerts.get('plant.hot.1')).toMatchObject({ since: T0, acknowledgedBy: 'ada' });
  expect(foldEvents(taken, batch('alert.resolved')).alerts.size).toBe(0);
});

test('how things stand takes the place of what was heard, but for what is newer', () => {
  const heard = after([
    ...[ofExecution('execution.started', 0, 'known'), sent('known', 1)],
    ...[ofExecution('execution.started', 0, 'missed'), ofExecution('execution.started', 0, 'old')],
    ofExecution('execution.succeeded', 2, 'over', { data: { status: 'SUCCEEDED' } }),
  ]);
  const listed = (executionId: string, status: 'RUNNING' | 'SUCCEEDED') => ({
    ...{ executionId, workflow: 'rollout', version: '1.0.0', status },
    startedAt: new Date(T0).toISOString(),
  });
  const failure = ofExecution('execution.failed', -9, 'bad', { data: { status: 'FAILED', error: 'E' } });
  const state = foldSnapshot(heard, {
    ...NOTHING,
    executions: [
      ...[listed('known', 'RUNNING'), listed('missed', 'SUCCEEDED'), listed('over', 'RUNNING')],
      { ...listed('new', 'RUNNING'), pausedAt: new Date(T0 + 5).toISOString() },
    ],
    failures: [failure],
    pools: [{ name: 'uplink', used: 1, limit: 4 }],
  });
  expect([...state.running.keys()].toSorted()).toEqual(['known', 'new', 'old']);
  expect(state.running.get('known')).toMatchObject({ doing: 'flash pump-1' });
  expect(state.running.get('new')).toMatchObject({ pausedAt: T0 + 5 });
  expect(state.failed.map(({ id }) => id)).toEqual(['bad']);
  expect(foldSnapshot(state, { ...NOTHING, failures: [failure] }).failed).toHaveLength(1);
});

test('what was looked up of an execution is how far it is, and that it has ended', () => {
  const state = after([ofExecution('execution.started', 0, 'a')]);
  const document = {
    ...{ executionId: 'a', workflow: 'rollout', version: '1.0.0', status: 'RUNNING' as const },
    ...{ startedAt: new Date(T0).toISOString(), input: {}, progress: { done: 1, total: 4 } },
    steps: [{ id: 'flash', path: 'flash', status: 'RUNNING' as const, attempts: 1 }],
  };
  const looked = foldExecution(state, document);
  expect(looked.running.get('a')).toMatchObject({ progress: { done: 1, total: 4 }, doing: 'flash' });
  expect(foldExecution(looked, { ...document, status: 'STOPPED' }).running.size).toBe(0);
  expect(foldExecution(state, { ...document, executionId: 'other' })).toBe(state);
});

test('rates are those of the last whole seconds, and of no more than is known', () => {
  const events = Array.from({ length: 40 }, (_, at) => ofExecution('execution.started', at * 500, `e${at}`));
  const state = foldEvents({ ...BEGIN, countedFrom: T0 }, { events, receivedAt: T0 + 20_000 });
  expect(ratesOf(state, T0 + 20_000)).toMatchObject({ started: 2, events: 2, ended: 0 });
  expect(ratesOf({ ...state, countedFrom: T0 + 18_000 }, T0 + 20_000).started).toBe(2);
  expect(ratesOf(state, T0 + 40_000).started).toBe(0);
  expect(stretches(state, 'started', { now: T0 + 20_000, columns: 3, each: 5 })).toEqual([10, 10, 10]);
  expect(stretches(state, 'started', { now: T0 + 27_000, columns: 3, each: 5 })).toEqual([10, 10, 0]);
});

test('half of the times are no longer than p50, and nearly all no longer than p95', () => {
  const events = Array.from({ length: 100 }, (_, at) =>
    ofExecution('execution.succeeded', 0, `e${at}`, { data: { status: 'SUCCEEDED', tookMs: at + 1 } }),
  );
  expect(quantilesOf(after(events).executionTimes, T0)).toEqual({ count: 100, p50Ms: 50, p95Ms: 95 });
  expect(quantilesOf(after(events).executionTimes, T0 + 400_000)).toEqual({ count: 0 });
});

test.each([
  { clock: 'the same', receivedAt: T0 + 80, offset: 0, lag: 80 },
  { clock: 'a minute ahead', receivedAt: T0 - 60_000, offset: -60_000, lag: 0 },
  { clock: 'a minute behind', receivedAt: T0 + 60_000, offset: 60_000, lag: 0 },
])('a server whose clock is $clock is told its own time', ({ receivedAt, offset, lag }) => {
  const state = after([ofExecution('execution.started', 0, 'a')], receivedAt);
  expect(state).toMatchObject({ clockOffsetMs: offset, lagMs: lag });
  expect(serverTime(state, receivedAt)).toBe(receivedAt - offset);
  const later = foldEvents(state, {
    events: [ofExecution('execution.started', 1_000, 'b')],
    receivedAt: receivedAt + 1_200,
  });
  expect(later).toMatchObject({ clockOffsetMs: offset, lagMs: lag + 200 });
  expect(later.seconds.map(({ second }) => second)).toEqual([T0 / 1_000, T0 / 1_000 + 1]);
});

test('a clock that proves to be further behind is believed', () => {
  const state = after([ofExecution('execution.started', 0, 'a')], T0 + 60_000);
  const events = [ofExecution('execution.started', 1_000, 'b')];
  expect(foldEvents(state, { events, receivedAt: T0 + 60_500 })).toMatchObject({ clockOffsetMs: 59_500 });
  const steps = [ofExecution('step.succeeded', 0, 'a', { data: {} })];
  expect(foldEvents(state, { events: steps, receivedAt: T0 + 99_999 })).toMatchObject({ lagMs: 0 });
});

test('however much happens, no more than so much is kept', () => {
  const burst = Array.from({ length: 12_000 }, (_, at) => [
    ofExecution('execution.started', at, `e${at}`),
    sent(`e${at}`, at),
    ofExecution('execution.failed', at, `f${at}`, { data: { status: 'FAILED', tookMs: 1 } }),
    feedEvent('device.registered', at, { device: `d${at}`, data: { type: 'x' } }),
    feedEvent('alert.firing', at, { data: { ...ALERT, id: `a${at}` } }),
  ]).flat();
  const state = after(burst, T0 + 400_000);
  expect(state.running.size).toBe(KEPT.running);
  expect(state.running.has('e11999')).toBe(true);
  expect(state).toMatchObject({ isRunningCut: true, isFleetCut: true });
  expect(state.ended.size).toBe(KEPT.ended);
  expect(state.failed).toHaveLength(KEPT.failed);
  expect(state.commands.size).toBe(KEPT.commands);
  expect(state.devices.size).toBe(KEPT.devices);
  expect(state.alerts.size).toBe(KEPT.alerts);
  expect(state.executionTimes).toHaveLength(KEPT.times);
  expect(state.seconds.length).toBeLessThanOrEqual(KEPT.seconds);
});

test('it does not matter how events are divided among batches', () => {
  const kinds = [
    'execution.started',
    'command.sent',
    'execution.failed',
    'device.online',
    'execution.paused',
  ] as const;
  const one = fc.record({ kind: fc.constantFrom(...kinds), id: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.nat({ max: 30 }), (what, cut) => {
      const events = what.map(({ kind, id }, at) =>
        kind === 'device.online'
          ? feedEvent(kind, at, { device: `d${id}` })
          : ofExecution(kind, at, `e${id}`, { command: `c${at}`, device: 'd1', data: { status: 'FAILED' } }),
      );
      const receivedAt = T0 + 100;
      const whole = foldEvents(BEGIN, { events, receivedAt });
      const first = foldEvents(BEGIN, { events: events.slice(0, cut), receivedAt });
      const { lagMs: _, ...rest } = foldEvents(first, { events: events.slice(cut), receivedAt });
      expect(rest).toEqual({ ...whole, lagMs: undefined });
    }),
  );
});
