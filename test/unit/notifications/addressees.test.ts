import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NotificationSettings } from '#definition/notifications.ts';
import { linesOf } from '#notifications/addressees.ts';
import { MOST_TRIES, nextTryAt } from '#notifications/patience.ts';

const SETTINGS: NotificationSettings = {
  receivers: {
    channel: { slack: 'channel', fallback: 'list' },
    list: { email: 'ops@x.org', fallback: 'gone' },
    pager: { pagerduty: 'ada' },
    bus: { topic: 'plant' },
  },
  routes: [
    { topics: ['approvals', 'plant'], to: ['channel', 'bus'] },
    { topics: ['plant'], to: ['channel', 'unknown'] },
    { people: ['Ada@x.org', 'Zoë'], to: ['pager'] },
    { people: ['bob@x.org'], topics: ['other'], to: ['list'] },
    { topics: ['approval-links'], to: ['channel'] },
  ],
};
const WAYS = { mail: true, topics: false };

test.each([
  [
    'a topic goes along every route that fits, to each receiver once',
    'plant',
    undefined,
    ['channel+list', 'bus'],
  ],
  ['a topic that no route fits is on record alone', 'noise', undefined, []],
  ['a person has a receiver of their own', 'approval-links', 'ada@X.org', ['pager']],
  ['or is no address, and has one', 'approval-links', 'zoë', ['pager']],
  ['else they are sent a mail', 'approval-links', 'bob@x.org', ['email:bob@x.org']],
  ['a person without address is told by nobody', 'approval-links', 'carol', []],
])('%s', (_what, topic, to, expected) => {
  const lines = linesOf(SETTINGS, { id: 'n', topic, to, message: '' }, WAYS);
  expect(lines.map((line) => line.map(({ name }) => name).join('+'))).toEqual(expected);
});

test('where topics are published, each is, though no route says so', () => {
  const ways = { mail: false, topics: true };
  const names = (topic: string, to?: string) =>
    linesOf(SETTINGS, { id: 'n', topic, to, message: '' }, ways).map(([{ name }]) => name);
  expect(names('noise')).toEqual(['topic:noise']);
  expect(names('plant')).toEqual(['channel', 'bus']);
  expect(names('approval-links', 'bob@x.org')).toEqual(['topic:approval-links']);
});

test('a delivery is tried later and later, at no time past its end, and never before a receiver wants it', () => {
  const number = (max: number) => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MOST_TRIES + 1 }),
      number(86_400_000),
      number(100_000_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (tries, until, waitMs, drawn) => {
        const next = nextTryAt({ tries, until }, { now: 0, random: () => drawn, waitMs });
        if (next === undefined) return tries >= MOST_TRIES || until < 3_600_000 || waitMs > until;
        const delay = Math.min(3_600_000, 5_000 * 2 ** (tries - 1));
        return next <= until && next >= waitMs && next >= delay / 2 && next <= Math.max(waitMs, delay) + 1;
      },
    ),
  );
});
