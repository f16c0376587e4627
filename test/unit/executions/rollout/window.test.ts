import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WEEKDAYS } from '#core/hours.ts';
import { nextOpening, type SiteWindow } from '#executions/rollout/window.ts';

function opening(window: Partial<SiteWindow>, now: string): string {
  const whole = { days: [...WEEKDAYS], from: '22:00', to: '05:00', timezone: 'Europe/Berlin', ...window };
  const at = nextOpening(whole, Date.parse(now));
  return new Date(at).toISOString().replace(':00.000Z', 'Z');
}

describe('a window is open next', () => {
  test.each<readonly [string, Partial<SiteWindow>, string, string]>([
    ['when it opens today', {}, '2026-01-07T12:00Z', '2026-01-07T21:00Z'],
    ['now, while it is open', {}, '2026-01-07T23:30Z', '2026-01-07T23:30Z'],
    ['now, when it was opened yesterday', {}, '2026-01-07T03:59Z', '2026-01-07T03:59Z'],
    ['in the evening, when it closes', {}, '2026-01-07T04:00Z', '2026-01-07T21:00Z'],
    ['on its day', { days: ['sat'] }, '2026-01-07T12:00Z', '2026-01-10T21:00Z'],
    ['still on the morning after its day', { days: ['sat'] }, '2026-01-11T03:00Z', '2026-01-11T03:00Z'],
    ['not on the morning of its day', { days: ['sat'] }, '2026-01-10T03:00Z', '2026-01-10T21:00Z'],
    [
      'a week later, once it has closed',
      { days: ['wed'], from: '10:00', to: '11:00' },
      '2026-01-07T10:00Z',
      '2026-01-14T09:00Z',
    ],
    [
      'all day, where it closes when it opens',
      { from: '08:00', to: '08:00' },
      '2026-01-07T12:34Z',
      '2026-01-07T12:34Z',
    ],
    [
      'by the clock of its own place',
      { timezone: 'America/New_York' },
      '2026-01-07T12:00Z',
      '2026-01-08T03:00Z',
    ],
    [
      'where clocks are not whole hours apart',
      { timezone: 'Asia/Kathmandu' },
      '2026-01-07T12:00Z',
      '2026-01-07T16:15Z',
    ],
    ['by the clock of summer', {}, '2026-07-07T12:00Z', '2026-07-07T20:00Z'],
    [
      'an hour earlier after the clocks are put forward',
      { from: '12:00', to: '13:00' },
      '2026-03-28T13:00Z',
      '2026-03-29T10:00Z',
    ],
    [
      'an hour later after the clocks are put back',
      { from: '12:00', to: '13:00' },
      '2026-10-24T12:00Z',
      '2026-10-25T11:00Z',
    ],
    [
      'later, at a time that the clocks pass over',
      { from: '02:30', to: '04:00' },
      '2026-03-29T00:00Z',
      '2026-03-29T01:30Z',
    ],
    [
      'at the first of two equal times',
      { from: '02:30', to: '02:45' },
      '2026-10-24T12:00Z',
      '2026-10-25T00:30Z',
    ],
  ])('%s', (_, window, now, expected) => {
    expect(opening(window, now)).toBe(expected);
  });

  test('for 7 hours of a night, 6 when the clocks are put forward in it, and 8 when they are put back', () => {
    const hours = (evening: string): number => {
      const from = Date.parse(opening({}, `${evening}T12:00Z`));
      let open = 0;
      for (let at = from; Date.parse(opening({}, new Date(at).toISOString())) === at; at += 1_800_000)
        open += 0.5;
      return open;
    };
    expect([hours('2026-01-07'), hours('2026-03-28'), hours('2026-10-24')]).toEqual([7, 6, 8]);
  });

  test('at or after now, within eight days, at a time at which it is open', () => {
    const time = fc.record({ hour: fc.nat(23), minute: fc.nat(59) });
    const words = ({ hour, minute }: { hour: number; minute: number }): string =>
      `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    const window: fc.Arbitrary<SiteWindow> = fc.record({
      days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
      from: time.map(words),
      to: time.map(words),
      timezone: fc.constantFrom(
        'Europe/Berlin',
        'America/St_Johns',
        'Pacific/Auckland',
        'Australia/Lord_Howe',
        'UTC',
      ),
    });
    const instant = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(window, instant, (each, now) => {
        const at = nextOpening(each, now);
        expect(at).toBeGreaterThanOrEqual(now);
        expect(at - now).toBeLessThan(8 * 86_400_000 + 3_600_000);
        expect(nextOpening(each, at)).toBe(at);
      }),
    );
  });

  test('nowhere in a time zone that nobody knows', () => {
    expect(() => opening({ timezone: 'Mars/Base' }, '2026-01-07T12:00Z')).toThrow(
      '"Mars/Base" is no time zone',
    );
  });
});
