import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '#expression/evaluate.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import { HASH_ALGORITHMS, hashText } from '#expression/hash.ts';

describe('the functions that Step Functions adds', () => {
  test.each([
    ['$partition([1..5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([], 2)', undefined],
    ['$range(1, 9, 3)', [1, 4, 7]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$range(3, 1, 1)', undefined],
    ['$parse(\'{"a": [1]}\').a', [1]],
    ['$random(7) = $random(7)', true],
    ['$random() < 1', true],
    ['$length($uuid())', 36],
    ["$hash('x') = $hash('x', 'SHA-256')", true],
    ['$hash({"a": 1}, "MD5")', createHash('md5').update('{"a":1}').digest('hex')],
  ])('%s gives %j', async (text, value) => {
    const given = await evaluate(text);
    expect(Array.isArray(given) && given.length === 0 ? undefined : given).toEqual(value);
  });

  test.each([
    ['$partition(1, 2)', /takes an array/],
    ['$partition([1], 0)', /1 or more/],
    ['$partition([1], 1.5)', /1 or more/],
    ['$range(1, 2, 0)', /not 0/],
    ['$range(1, 2.5, 1)', /without fraction/],
    ["$range('a', 2, 1)", /without fraction/],
    ['$range(1, 5000, 1)', /at most 1000/],
    ['$parse(1)', /JSON as text/],
    ["$parse('{')", /not JSON/],
    ["$hash('x', 'CRC')", /not CRC/],
  ])('%s is refused', async (text, message) => {
    await expect(evaluate(text)).rejects.toThrow(message);
  });

  test.each(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'])('$hash knows %s', async (name) => {
    const digest = createHash(name.replace('-', '')).update('grüße').digest('hex');
    expect(await evaluate(`$hash('grüße', '${name}')`)).toBe(digest);
  });

  test('an id has the marks of a random one', async () => {
    expect(await evaluate('$uuid()')).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    );
  });
});

test.each(HASH_ALGORITHMS)('%s is what Node makes of it', (algorithm) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const digest = createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex');
      expect(hashText(text, algorithm)).toBe(digest);
    }),
  );
});

test.each([...FUNCTIONS])('$%s is a function', async (name) => {
  await expect(evaluate(`$${name}`)).rejects.toThrow('gives a function');
});
