import { expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { SkippingClock } from '#embedded/skipping-clock.ts';

test('time goes by with the clock below, and jumps to what is set next', async () => {
  const base = new VirtualClock(1_000);
  const clock = new SkippingClock(base);
  const fired: (readonly [string, number])[] = [];
  const note = (name: string) => () => void fired.push([name, clock.now()]);
  clock.setTimer(90_000, note('late'));
  clock.setTimer(61_000, note('early'));
  clock.setTimer(70_000, note('cancelled')).cancel();
  await base.advance(500);
  expect(clock.now()).toBe(1_500);
  expect(clock.skipToNext()).toBe(true);
  await base.advance(28_999);
  expect(fired).toEqual([['early', 61_000]]);
  await base.advance(1);
  expect(fired).toEqual([
    ['early', 61_000],
    ['late', 90_000],
  ]);
  expect(clock.skipToNext()).toBe(false);
});

test('what is overdue fires at once, and time never goes back', () => {
  const clock = new SkippingClock(new VirtualClock(1_000));
  let at = 0;
  clock.setTimer(400, () => {
    at = clock.now();
  });
  expect(clock.skipToNext()).toBe(true);
  expect(at).toBe(1_000);
});
