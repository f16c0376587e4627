import { expect, test } from 'vitest';
import { DEFAULT_TIMES, goingTimes, KEEP_ALL, readRetentionTimes } from '#archive/retention-times.ts';

const DAY = 86_400_000;

test.each([
  ['30d', { executions: 30 * DAY, commands: 30 * DAY, events: 7 * DAY }],
  ['forever', { executions: Number.POSITIVE_INFINITY, commands: Number.POSITIVE_INFINITY, alerts: 90 * DAY }],
  ['executions=30d,events=12h', { executions: 30 * DAY, events: DAY / 2, commands: 90 * DAY }],
  ['10d,commands=1d', { executions: 10 * DAY, commands: DAY }],
])('%s is read, and kinds without a name keep their defaults', (text, times) => {
  expect(readRetentionTimes(text)).toMatchObject({ times });
});

test.each([
  ['soon', /"soon" is no time/],
  ['0d', /is no time/],
  ['executions=30d=5d', /is no time/],
  ['events=', /is no time/],
  ['logs=3d', /"logs" is none of executions, commands/],
  ['alerts=400d', /alerts that are over cannot be kept for more than 90 days/],
  ['events=forever', /more than 7 days; an archive keeps what goes/],
])('%s is refused, and said why', (text, problem) => {
  expect(readRetentionTimes(text)).toEqual({ problem: expect.stringMatching(problem) });
});

test('without an archive everything goes when its time is over', () => {
  const going = goingTimes(DEFAULT_TIMES, { isArchived: false, historiesMs: 90 * DAY });
  expect(going).toEqual(DEFAULT_TIMES);
});

test('with an archive, what something else would forget goes five days before that, and events after an hour', () => {
  const going = goingTimes(DEFAULT_TIMES, { isArchived: true, historiesMs: 90 * DAY });
  expect(going).toEqual({
    ...{ executions: 85 * DAY, commands: 90 * DAY, decisions: 400 * DAY },
    ...{ notifications: 25 * DAY, alerts: 85 * DAY, events: DAY / 24 },
  });
});

test('what is kept for ever does not go, but for what expires by itself', () => {
  const going = goingTimes(KEEP_ALL, { isArchived: true, historiesMs: 90 * DAY });
  expect(going).toMatchObject({ executions: Number.POSITIVE_INFINITY, commands: Number.POSITIVE_INFINITY });
  expect(going).toMatchObject({ notifications: 25 * DAY });
});
