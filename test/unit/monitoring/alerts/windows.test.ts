import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertEvaluator, type SavedWindows, SavedWindowsSchema } from '#monitoring/alerts/evaluator.ts';
import { putWindows, readWindows } from '#monitoring/alerts/store/windows-store.ts';
import { alarmEvent } from '#monitoring/events/alarm-events.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { makeEvent } from '#monitoring/events/event.ts';
import { alertFile, ended, HOUR, MINUTE, presence, START } from '../../../support/alerts.ts';
import { MemoryTable } from '../../../support/memory-table.ts';

const EVERY_CONDITION = alertFile(`
rules:
  - { id: rate, severity: info, by: [workflow], when: { rate: { of: execution.failed, above: 1, over: 1h } } }
  - { id: share, severity: info, when: { rate: { of: execution.failed, outOf: execution.ended, above: 0.5, over: 30m } } }
  - { id: count, severity: info, by: [workflow], when: { threshold: { metric: execution.failures, above: 1, over: 1h } } }
  - { id: slow, severity: info, by: [workflow], when: { threshold: { metric: execution.duration, quantile: 0.9, above: 50, over: 1h } } }
  - { id: silent, severity: info, by: [device], when: { absence: { of: device.heartbeat, for: 10m } } }
  - { id: stuck, severity: info, by: [workflow], when: { threshold: { metric: execution.age, above: 600 } } }
  - { id: alarm, severity: info, by: [alarm], when: { threshold: { metric: alarm.age, above: 60 } } }
  - { id: odd, severity: info, when: { anomaly: { metric: execution.failures, over: 1h, season: none } } }
  - id: promise
    severity: info
    when:
      burnRate:
        { objective: 0.9, good: execution.succeeded, outOf: execution.ended, windows: [{ long: 1h, short: 5m, rate: 2 }] }
`);

function evaluator(): AlertEvaluator {
  return new AlertEvaluator(new Map([['plant', EVERY_CONDITION]]), {
    since: () => START,
    find: async () => undefined,
  });
}

const started = (id: string, at: number): MonitoringEvent =>
  makeEvent({
    ...{ kind: 'execution.started', key: [id], at, subject: { execution: id, workflow: 'w1' } },
    data: {},
  });

const somethingAt = fc
  .tuple(fc.integer({ min: 0, max: 12 * 60 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }))
  .map(([minute, what, which]): MonitoringEvent => {
    const at = START + minute * MINUTE;
    const workflow = `w${which}`;
    switch (what) {
      case 0:
        return started(`s${which}`, at);
      case 1:
        return ended(`s${which}`, at, { status: 'SUCCEEDED', workflow, tookMs: minute * 100 });
      case 2:
        return presence(`d${which}`, 'online', at);
      case 3:
        return presence(`d${which}`, 'offline', at);
      case 4:
        return alarmEvent({ name: `a${which}`, isRaised: minute % 2 === 0, at, reason: 'why' });
      default:
        return ended(`f${minute}-${which}`, at, { workflow, tookMs: minute * 100 });
    }
  });

async function tell(one: AlertEvaluator, events: readonly MonitoringEvent[]): Promise<void> {
  for (const event of events) await one.take(event);
}

test('who takes the windows of another finds what the other finds, whatever comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(somethingAt, { maxLength: 80 }), fc.nat(80), async (some, cut) => {
      const events = some.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
      const [one, other] = [evaluator(), evaluator()];
      await tell(one, events.slice(0, cut));
      const saved: unknown = JSON.parse(JSON.stringify(one.save()));
      other.resume(SavedWindowsSchema.parse(saved));
      // What comes twice counts once, also where the other has seen it first.
      await tell(one, events.slice(cut));
      await tell(other, events.slice(Math.max(0, cut - 3)));
      for (let now = START + 12 * HOUR; now < START + 15 * HOUR; now += 7 * MINUTE) {
        const [found, expected] = [await other.look(now, []), await one.look(now, [])];
        expect(found).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

test('what was usual is taken from the record, and the hour that is not over from the windows', async () => {
  const [one, other] = [evaluator(), evaluator()];
  for (let hour = 0; hour < 30; hour++)
    await tell(one, [
      ended(`a${hour}`, START + hour * HOUR),
      ended(`b${hour}`, START + hour * HOUR + MINUTE),
    ]);
  for (const learned of one.learned(START + 29.5 * HOUR)) other.restore(learned);
  other.resume(one.save());
  const burst = Array.from({ length: 40 }, (_, n) => ended(`x${n}`, START + 30 * HOUR));
  await Promise.all([tell(one, burst), tell(other, burst)]);
  const now = START + 30.5 * HOUR;
  const odd = async (each: AlertEvaluator) =>
    (await each.look(now, [])).alerts.filter(({ alert }) => alert === 'odd').map(({ value }) => value);
  expect(await odd(other)).toEqual(await odd(one));
  expect(await odd(one)).toEqual([]);
});

test('windows are packed into parts, and those that are too large are not kept', async () => {
  const table = new MemoryTable();
  const windows = (length: number): SavedWindows => ({
    rules: [],
    good: [],
    seen: [randomBytes(length).toString('base64')],
  });
  const place = await putWindows(table, windows(300_000), { id: '7', now: START });
  expect(place).toEqual({ id: '7', parts: 2 });
  expect(await readWindows(table, { id: '7', parts: 2 })).toEqual(expect.objectContaining({ rules: [] }));
  expect(await readWindows(table, { id: '7', parts: 3 })).toBeUndefined();
  expect(await putWindows(table, windows(5_000_000), { id: '8', now: START })).toBeUndefined();
  const long = { rules: [], good: [], seen: ['x'.repeat(50_000_001)] };
  expect(await putWindows(table, long, { id: '9', now: START })).toBeUndefined();
});
