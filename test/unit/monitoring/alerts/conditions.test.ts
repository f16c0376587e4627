import { expect, test } from 'vitest';
import { standingOf } from '#monitoring/alerts/standing.ts';
import { makeEvent } from '#monitoring/events/event.ts';
import { median, robustDeviations } from '#statistics/robust.ts';
import { AlertBench, ended, HOUR, MINUTE, presence, SECOND, START } from '../../../support/alerts.ts';

function statuses(bench: AlertBench): readonly string[] {
  return bench.alerts.map(({ alert, status, by }) => [alert, status, ...Object.values(by)].join(' '));
}

test('a rate of events alerts above its bound, and is well when they are out of its time', async () => {
  const bench = new AlertBench(`
rules: [{ id: failing, severity: warning, when: { rate: { of: execution.failed, above: 2, over: 10m } } }]`);
  await bench.take(ended('a', START), ended('b', START), ended('b', START), ended('b', START));
  await bench.run(MINUTE);
  expect(statuses(bench)).toEqual([]);
  await bench.take(ended('c', START + MINUTE));
  await bench.run(MINUTE);
  expect(statuses(bench)).toEqual(['failing FIRING']);
  expect(bench.alerts[0]).toMatchObject({ value: 3, executions: ['c', 'b', 'a'], error: 'Device.Timeout' });
  await bench.run(9 * MINUTE);
  expect(statuses(bench)).toEqual([]);
});

test('a share says nothing below so many events, and counts what `where` lets through', async () => {
  const bench = new AlertBench(`
rules:
  - id: failing
    severity: warning
    where: "workflow = 'rollout'"
    when: { rate: { of: execution.failed, outOf: execution.ended, above: 0.3, over: 1h, atLeast: 4 } }`);
  await bench.take(
    ended('a', START),
    ended('b', START),
    ended('x', START, { workflow: 'other' }),
    ended('y', START, { workflow: 'other' }),
    ended('z', START, { workflow: 'other' }),
  );
  await bench.run(10 * SECOND);
  expect(statuses(bench)).toEqual([]);
  await bench.take(ended('c', START, { status: 'SUCCEEDED' }), ended('d', START, { status: 'SUCCEEDED' }));
  await bench.run(10 * SECOND);
  expect(bench.alerts[0]?.value).toBe(0.5);
});

test('late events count where they belong, and not after their time', async () => {
  const bench = new AlertBench(`
rules: [{ id: failing, severity: warning, when: { rate: { of: execution.failed, above: 0, over: 10m } } }]`);
  await bench.run(30 * MINUTE);
  await bench.take(ended('old', START + 15 * MINUTE));
  await bench.run(10 * SECOND);
  expect(statuses(bench)).toEqual([]);
  await bench.take(ended('late', START + 25 * MINUTE));
  await bench.run(10 * SECOND);
  expect(statuses(bench)).toEqual(['failing FIRING']);
  await bench.run(6 * MINUTE);
  expect(statuses(bench)).toEqual([]);
});

test('a quantile of a metric alerts after some time only, and is over when it is this side of another bound', async () => {
  const bench = new AlertBench(`
rules:
  - id: slow
    severity: warning
    by: [workflow]
    when: { threshold: { metric: execution.duration, quantile: 0.5, above: 60, over: 5m } }
    for: 2m
    resolve: { after: 1m, bound: 30 }`);
  const slow = (at: number, tookMs: number) => ended(`${at}`, at, { status: 'SUCCEEDED', tookMs });
  await bench.take(slow(START, 90_000), slow(START + 1, 80_000), slow(START + 2, 10));
  await bench.run(MINUTE);
  expect(statuses(bench)).toEqual(['slow PENDING rollout']);
  await bench.run(2 * MINUTE);
  expect(statuses(bench)).toEqual(['slow FIRING rollout']);
  await bench.run(MINUTE);
  await bench.take(slow(bench.now, 45_000));
  await bench.run(4 * MINUTE);
  expect(statuses(bench)).toEqual(['slow FIRING rollout']);
  await bench.run(4 * MINUTE);
  expect(statuses(bench)).toEqual([]);
});

test('devices that say nothing are told one by one, and none that is there or was taken away', async () => {
  const bench = new AlertBench(`
rules: [{ id: silent, severity: warning, by: [device], when: { absence: { of: device.heartbeat, for: 15m } } }]`);
  bench.zone('p1', 'berlin/hall-2');
  await bench.take(
    presence('p1', 'online', START),
    presence('p2', 'online', START),
    presence('p3', 'online', START),
  );
  await bench.run(HOUR);
  expect(statuses(bench)).toEqual([]);
  await bench.take(presence('p1', 'offline', bench.now), presence('p2', 'offline', bench.now));
  await bench.run(14 * MINUTE);
  expect(statuses(bench)).toEqual([]);
  const removed = { type: 'pump', status: 'offline' } as const;
  await bench.take(
    makeEvent({
      kind: 'device.removed',
      key: ['p2'],
      at: bench.now,
      subject: { device: 'p2' },
      data: removed,
    }),
  );
  await bench.run(2 * MINUTE);
  expect(statuses(bench)).toEqual(['silent FIRING p1']);
  expect(bench.alerts[0]).toMatchObject({ zone: 'berlin/hall-2', since: START + HOUR });
});

test('what is open for too long is stuck until it ends, by whatever way', async () => {
  const bench = new AlertBench(`
rules:
  - { id: stuck, severity: critical, by: [workflow], when: { threshold: { metric: execution.age, above: 600 } } }
  - { id: starving, severity: warning, by: [pool], when: { threshold: { metric: lease.waiting, above: 60 } } }`);
  const subject = { execution: 'e1', workflow: 'rollout', version: '1.0.0' };
  const pools = { uplink: 1 };
  await bench.take(
    makeEvent({ kind: 'execution.started', key: ['e1'], at: START, subject, data: {} }),
    makeEvent({ kind: 'lease.requested', key: ['h', 1], at: START, subject, data: { pools } }),
  );
  await bench.run(5 * MINUTE);
  expect(statuses(bench)).toEqual(['starving FIRING uplink']);
  await bench.take(
    makeEvent({ kind: 'lease.granted', key: ['h', 1], at: bench.now, subject, data: { pools } }),
  );
  await bench.run(6 * MINUTE);
  expect(statuses(bench)).toEqual(['stuck FIRING rollout']);
  await bench.take(ended('e1', bench.now));
  await bench.run(10 * SECOND);
  expect(statuses(bench)).toEqual([]);
});

test('errors that burn what an objective allows alert over a long and a short time together, and end with the short one', async () => {
  const bench = new AlertBench(`
rules:
  - id: promise
    severity: critical
    when:
      burnRate:
        objective: 0.99
        good: execution.succeeded
        outOf: execution.ended
        windows: [{ long: 1h, short: 5m, rate: 14.4 }]`);
  const minute = async (failed: number): Promise<void> => {
    for (let n = 0; n < 10; n++) {
      const status = n < failed ? 'FAILED' : 'SUCCEEDED';
      await bench.take(ended(`${bench.now}-${n}`, bench.now, { status }));
    }
    await bench.run(MINUTE);
  };
  for (let n = 0; n < 50; n++) await minute(0);
  for (let n = 0; n < 5; n++) await minute(5);
  expect(statuses(bench)).toEqual([]);
  for (let n = 0; n < 15; n++) await minute(5);
  expect(statuses(bench)).toEqual(['promise FIRING']);
  for (let n = 0; n < 6; n++) await minute(0);
  expect(statuses(bench)).toEqual([]);
});

test('an anomaly is far from the same hours of the days before, and not before enough of them are known', async () => {
  const bench = new AlertBench(`
rules:
  - id: odd
    severity: warning
    when: { anomaly: { metric: execution.failures, deviations: 4, direction: above, season: day, over: 1h } }`);
  const hour = async (failures: number): Promise<void> => {
    for (let n = 0; n < failures; n++) await bench.take(ended(`${bench.now}-${n}`, bench.now + n));
    for (let n = 0; n < 12; n++) {
      bench.now += 5 * MINUTE - 5 * SECOND;
      await bench.run(5 * SECOND);
    }
  };
  // Every day at the third hour there is a burst, which is usual.
  for (let day = 0; day < 8; day++) {
    for (let at = 0; at < 24; at++) await hour(at === 3 ? 40 : 3 + (at % 3));
  }
  expect(bench.alerts).toEqual([]);
  for (let at = 0; at < 4; at++) await hour(at === 3 ? 42 : 3);
  expect(bench.alerts).toEqual([]);
  await hour(40);
  expect(statuses(bench)).toEqual(['odd FIRING']);
});

test('a few odd values do not move what is usual', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(robustDeviations(20, [10, 10, 11, 9, 10, 1_000], true)).toBeGreaterThan(3);
  expect(robustDeviations(10, [10, 10, 10], true)).toBe(0);
  expect(robustDeviations(5, [100, 101, 99, 100], false)).toBeLessThan(-10);
});

test.each([
  [11, { above: 10 }, undefined, 'bad'],
  [10, { above: 10 }, undefined, 'well'],
  [9, { above: 10 }, 8, 'between'],
  [8, { above: 10 }, 8, 'well'],
  [1, { below: 2 }, undefined, 'bad'],
  [3, { below: 2 }, 4, 'between'],
  [undefined, { above: 10 }, undefined, 'well'],
  [-5, { above: 4, below: -4 }, undefined, 'bad'],
] as const)('%s within %o, well by %s, is %s', (value, bounds, wellBound, standing) => {
  expect(standingOf(value, bounds, wellBound)).toBe(standing);
});
