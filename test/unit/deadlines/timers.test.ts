import { expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { TimerDeadlines } from '#deadlines/timers.ts';

function command(id: string) {
  return { kind: 'command', id } as const;
}

function deadlines() {
  const clock = new VirtualClock(1_000);
  const due: string[] = [];
  return { clock, due, timers: new TimerDeadlines(clock, ({ id }) => due.push(`${id} at ${clock.now()}`)) };
}

test('each command is told of when it is due', async () => {
  const { clock, due, timers } = deadlines();
  await timers.schedule(command('late'), 5_000);
  await timers.schedule(command('early'), 2_000);
  await clock.advance(10_000);
  expect(due).toEqual(['early at 2000', 'late at 5000']);
});

test('a new deadline of a command replaces the one before', async () => {
  const { clock, due, timers } = deadlines();
  await timers.schedule(command('a'), 2_000);
  await timers.schedule(command('a'), 4_000);
  await clock.advance(10_000);
  expect(due).toEqual(['a at 4000']);
});

test('after closing nothing comes any more', async () => {
  const { clock, due, timers } = deadlines();
  await timers.schedule(command('a'), 2_000);
  timers.close();
  await clock.advance(10_000);
  expect(due).toEqual([]);
});
