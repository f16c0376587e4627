import { describe, expect, test } from 'vitest';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import { NO_FAULTS, readFaults } from '#rehearsal/faults.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import type { Note } from '#rehearsal/world.ts';
import { SAGA, smallWorld } from './small-world.ts';

test('a run in which nothing goes wrong does every step once, in virtual time', async () => {
  const run = await rehearse(smallWorld(SAGA), 1);
  expect(run).toMatchObject({ status: 'SUCCEEDED', durationMs: 30, violations: [], blastRadius: 2 });
  expect(run.carriedOut.map(({ device, command }) => `${device} ${command}`)).toEqual([
    ...['gate open', 'pump install', 'pump probe'],
  ]);
  expect(run.after.get('pump')).toEqual({ firmware: '2.0.0', valve: 'shut' });
});

test('days go by in no time', async () => {
  const run = await rehearse(smallWorld('  - { id: pause, wait: { for: 30d } }'), 1);
  expect(run).toMatchObject({ status: 'SUCCEEDED', durationMs: 30 * 86_400_000 });
});

describe('what is injected goes wrong', () => {
  test.each<[string, Injection, object]>([
    [
      'a step that fails',
      { fail: { step: 'check', error: 'Pump.Leaks' } },
      { status: 'ROLLED_BACK', error: 'Pump.Leaks' },
    ],
    [
      'an answer that is lost',
      { lose: { step: 'check' } },
      { status: 'ROLLED_BACK', error: 'Device.Timeout' },
    ],
    [
      'a device that falls silent',
      { brick: { step: 'flash' } },
      { status: 'ROLLBACK_INCOMPLETE', error: 'Device.Timeout' },
    ],
    ['an engine that dies', { crash: { after: 'flash' } }, { status: 'SUCCEEDED' }],
    ['an execution that is stopped', { stop: { after: 'flash' } }, { status: 'ROLLED_BACK' }],
  ])('%s', async (_, injection, expected) => {
    const run = await rehearse(smallWorld(SAGA, { injections: [injection] }), 1);
    expect(run).toMatchObject({ ...expected, violations: [] });
    if (run.status === 'ROLLED_BACK') expect(run.after).toEqual(run.before);
  });

  test('an undo that fails is tried again, and one that is lost, too', async () => {
    for (const undo of [{ undoFails: { step: 'flash' } }, { undoLost: { step: 'flash' } }]) {
      const injections = [{ fail: { step: 'check' } }, undo];
      const run = await rehearse(smallWorld(SAGA, { injections }), 1);
      expect(run).toMatchObject({ status: 'ROLLED_BACK', violations: [] });
      expect(run.after).toEqual(run.before);
    }
  });

  test('devices that have kept what was to be undone are told with the reason', async () => {
    const run = await rehearse(smallWorld(SAGA, { injections: [{ brick: { step: 'flash' } }] }), 1);
    expect(run.leftBehind).toMatchObject([{ device: 'pump', path: 'flash', reason: 'OUTCOME_UNKNOWN' }]);
    expect(run.blastRadius).toBe(2);
  });
});

describe('each fault by chance', () => {
  test.each([
    [{ lose: 1 }, 'ROLLBACK_INCOMPLETE', 'is lost'],
    [{ duplicate: 1 }, 'SUCCEEDED', 'comes twice'],
    [{ flap: 1 }, 'ROLLED_BACK', 'loses its connection'],
    [{ brick: 1 }, 'ROLLBACK_INCOMPLETE', 'falls silent'],
    [{ delay: 1 }, undefined, 'ms late'],
    [{ handlerHangs: 0.3 }, undefined, 'hangs'],
    [{ handlerFails: 0.3 }, undefined, 'breaks'],
    [{ crash: 0.2 }, undefined, 'dies'],
  ])('%j', async (rates, status, told) => {
    const notes: Note[] = [];
    const world = smallWorld(SAGA, { faults: readFaults(rates) });
    const run = await rehearse(world, 3, (note) => notes.push(note));
    expect(notes.some(({ text }) => text.includes(told))).toBe(true);
    expect(run.violations).toEqual([]);
    if (status !== undefined) expect(run.status).toBe(status);
  });

  test('a table that is always throttled lets nothing be done, and the execution still ends', async () => {
    const run = await rehearse(smallWorld(SAGA, { faults: { ...NO_FAULTS, throttle: 0.6 } }), 1);
    expect(run.faultCounts.get('throttled call of the table')).toBeGreaterThan(3);
    expect(run.status).not.toBe('NEVER_ENDED');
  });
});

describe('what is asked for outside of devices is answered', () => {
  const approve =
    '  - { id: ask, approve: { group: ops, quorum: 2, timeout: 1h }, output: "{% $result.by %}" }';

  test('approvals by as many as it takes', async () => {
    const run = await rehearse(smallWorld(approve), 1);
    expect(run).toMatchObject({ status: 'SUCCEEDED', notifications: ['approvals'] });
    expect(run.view.output).toEqual({ ask: 'rehearsal-2' });
  });

  test.each([
    ['reject', 'Approval.Rejected'],
    ['none', 'Approval.Timeout'],
  ] as const)('an approval with %s', async (decision, error) => {
    const run = await rehearse(smallWorld(approve, { answers: [{ approve: [{ decision }] }] }), 1);
    expect(run).toMatchObject({ status: 'FAILED', error });
  });

  test('calls by the first answer that fits and is not used up', async () => {
    const steps = `
  - { id: one, http: { url: "https://a.example/x" }, retry: { attempts: 2 }, output: "{% $result.body %}" }
  - { id: two, http: { url: "https://b.example/y", method: POST, body: { n: 1 } }, output: "{% $result.body %}" }`;
    const http = [
      { times: 1, error: 'Http.Unreachable' as const },
      { url: 'https://a.*', body: { from: 'a' } },
      { method: 'POST' as const, body: { url: '{% $request.url %}' } },
    ];
    const run = await rehearse(smallWorld(steps, { answers: [{ http }] }), 1);
    expect(run.view.output).toEqual({ one: { from: 'a' }, two: { url: 'https://b.example/y' } });
  });

  test('events once somebody waits for them; others never come, which is told', async () => {
    const steps = `  - { id: wake, wait: { event: { name: sun.up } }, output: "{% $result.at %}" }`;
    const events = [{ name: 'sun.up', data: { at: '{% $input.at %}' } }];
    const woken = await rehearse(smallWorld(steps, { input: { at: 6 }, answers: [{ events }] }), 1);
    expect(woken.view.output).toEqual({ wake: 6 });
    const asleep = await rehearse(smallWorld(steps), 1);
    expect(asleep.status).toBe('NEVER_ENDED');
    expect(asleep.violations).toEqual([
      { promise: 'never ended', text: 'the execution is RUNNING for ever: it waits in wake' },
    ]);
  });
});
