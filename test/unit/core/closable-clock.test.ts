import { expect, test } from 'vitest';
import { ClosableClock } from '#core/closable-clock.ts';
import { VirtualClock } from '#core/virtual-clock.ts';

test('its timers are those of the clock below, until it is closed', async () => {
  const base = new VirtualClock(10);
  const clock = new ClosableClock(base);
  const fired: string[] = [];
  clock.setTimer(20, () => fired.push('a'));
  clock.setTimer(30, () => fired.push('cancelled')).cancel();
  clock.setTimer(50, () => fired.push('b'));
  await base.advance(30);
  expect([clock.now(), fired]).toEqual([40, ['a']]);
  clock.close();
  clock.setTimer(60, () => fired.push('c')).cancel();
  clock.setTimer(60, () => fired.push('d'));
  expect(await base.advanceToNext()).toBe(false);
  expect(fired).toEqual(['a']);
});
