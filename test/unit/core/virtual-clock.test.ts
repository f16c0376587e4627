import { expect, test } from 'vitest';
import { sleep } from '#core/clock.ts';
import { VirtualClock } from '#core/virtual-clock.ts';

test('timers fire in order of time, then of setting, each at its own time', async () => {
  const clock = new VirtualClock(1_000);
  const fired: [string, number][] = [];
  clock.setTimer(1_300, () => fired.push(['late', clock.now()]));
  clock.setTimer(1_100, () => fired.push(['first', clock.now()]));
  clock.setTimer(1_100, () => fired.push(['second', clock.now()]));

  await clock.advance(500);

  expect(fired).toEqual([
    ['first', 1_100],
    ['second', 1_100],
    ['late', 1_300],
  ]);
  expect(clock.now()).toBe(1_500);
});

test('a timer that was cancelled does not fire', async () => {
  const clock = new VirtualClock();
  let fired = false;
  clock
    .setTimer(10, () => {
      fired = true;
    })
    .cancel();

  await clock.advance(20);

  expect(fired).toBe(false);
});

test('what a timer sets in turn fires in the same advance when it is due', async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const chain = async (): Promise<void> => {
    await sleep(clock, 100);
    seen.push(clock.now());
    await sleep(clock, 100);
    seen.push(clock.now());
  };
  const done = chain();

  await clock.advance(250);
  await done;

  expect(seen).toEqual([100, 200]);
});

test('advanceToNext jumps to the next timer, and says when there is none', async () => {
  const clock = new VirtualClock();
  clock.setTimer(86_400_000, () => {});

  expect(await clock.advanceToNext()).toBe(true);
  expect(clock.now()).toBe(86_400_000);
  expect(await clock.advanceToNext()).toBe(false);
});

test('a timer set in the past fires without moving time back', async () => {
  const clock = new VirtualClock(500);
  clock.setTimer(100, () => {});

  await clock.advanceToNext();

  expect(clock.now()).toBe(500);
});

test('a cancelled timer does not fire, and whole milliseconds go by', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  clock.setTimer(5, () => fired.push('cancelled')).cancel();
  clock.setTimer(7.2, () => fired.push('later'));

  expect(clock.nextAt()).toBe(8);
  await clock.advanceToNext();

  expect(fired).toEqual(['later']);
  expect(clock.now()).toBe(8);
  expect(clock.nextAt()).toBeUndefined();
});
