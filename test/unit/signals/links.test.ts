import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashLink, type LinkClaims, linkFor, readLink, signLink } from '#signals/links.ts';

const SECRET = 'a secret of the server';
const CLAIMS: LinkClaims = {
  ...{ approval: 'x:ask:0', asked: 1, to: 'ada@x.org', decisions: ['approve', 'reject'], until: 2 },
};

test('a token says what it was signed for', () => {
  expect(readLink(SECRET, signLink(SECRET, CLAIMS))).toEqual(CLAIMS);
});

test('a token of another secret says nothing', () => {
  expect(readLink('another', signLink(SECRET, CLAIMS))).toBeUndefined();
});

test('a token with any character changed, taken or added says nothing', () => {
  const token = signLink(SECRET, CLAIMS);
  const characterArbitrary = fc.constantFrom(...'ABab01-_.=', '', 'AA');
  fc.assert(
    fc.property(fc.nat(token.length), characterArbitrary, (at, character) => {
      const forged = token.slice(0, at) + character + token.slice(at + 1);
      // The last character of base64url holds four bits of the signature: others can stand for the same bytes.
      if (forged === token || at >= token.length - 1) return;
      expect(readLink(SECRET, forged)).toBeUndefined();
    }),
  );
});

test('any text is no token, and is looked at in little time', () => {
  fc.assert(fc.property(fc.string(), (text) => readLink(SECRET, text) === undefined));
  expect(readLink(SECRET, `${'a'.repeat(1_000_000)}.${'a'.repeat(43)}`)).toBeUndefined();
});

test('the hash of a link is of the person, however they are written, and not of the link', () => {
  expect(hashLink({ ...CLAIMS, to: 'ADA@x.org' })).toBe(hashLink(CLAIMS));
  expect(hashLink({ ...CLAIMS, asked: 2 })).not.toBe(hashLink(CLAIMS));
  expect(signLink(SECRET, CLAIMS)).not.toContain(hashLink(CLAIMS));
});

test('there are no links where nobody knows how people reach the API', async () => {
  const approval = {
    ...{ id: 'x:ask:0', execution: 'x', path: 'ask', group: 'ops', quorum: 1, rejections: 1 },
    ...{ excluded: [], usedLinks: [], told: true, status: 'OPEN' as const, votes: [], taskToken: 't' },
    ...{ askedAt: 1, reminders: 0, revision: 0 },
  };
  const secret = async () => SECRET;
  expect(await linkFor(undefined, approval, 'ada')).toBeUndefined();
  expect(await linkFor({ secret, baseUrl: async () => undefined }, approval, 'ada')).toBeUndefined();
  const link = await linkFor({ secret, baseUrl: async () => 'https://s.example' }, approval, 'ada');
  expect(link).toMatch(/^https:\/\/s\.example\/v1\/approvals\/x%3Aask%3A0\/answer\?token=[\w-]+\.[\w-]{43}$/);
});
