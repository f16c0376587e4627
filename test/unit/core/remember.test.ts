import { expect, test } from 'vitest';
import { remember } from '#core/remember.ts';

test('what a text stands for is made once, and again when it has gone for newer ones', () => {
  const made: string[] = [];
  const length = remember(2, (text) => {
    made.push(text);
    return { length: text.length };
  });
  expect(length('a')).toBe(length('a'));
  length('bb');
  expect(length('ccc')).toEqual({ length: 3 });
  expect(made).toEqual(['a', 'bb', 'ccc']);
  length('bb');
  length('a');
  expect(made).toEqual(['a', 'bb', 'ccc', 'a']);
});

test('what cannot be made is not remembered', () => {
  let tries = 0;
  const fail = remember(2, () => {
    tries++;
    throw new RangeError('no');
  });
  expect(() => fail('a')).toThrow(RangeError);
  expect(() => fail('a')).toThrow(RangeError);
  expect(tries).toBe(2);
});
