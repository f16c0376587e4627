import { expect, test } from 'vitest';
import { count, crop, hanging, padEnd, wrap } from '#cli/text-layout.ts';

test('text is broken at spaces, never inside a word', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('incomprehensible', 5)).toEqual(['incomprehensible']);
  expect(wrap('a\nb', 10)).toEqual(['a', 'b']);
});

test('lines after the first hang below its text', () => {
  expect(hanging('hint: ', 'aa bb cc', 11)).toBe('hint: aa bb\n      cc');
});

test('wide characters count as two columns', () => {
  expect(padEnd('古', 4)).toBe('古  ');
  expect(crop('古古古', 5)).toBe('古古…');
});

test('text that fits is left alone', () => {
  expect(crop('fits', 4)).toBe('fits');
  expect(padEnd('longer', 3)).toBe('longer');
});

test.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%i counted', (amount, text) => {
  expect(count(amount, 'file')).toBe(text);
});
