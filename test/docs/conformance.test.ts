import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFields, fieldPage } from '../conformance/field-page.ts';

const PAGE = join(import.meta.dirname, '../../docs/reference/conformance.md');

test('the page of conformance says what every proof gives: npm run docs:conformance', async () => {
  const checked = await checkFields();
  expect(fieldPage(checked)).toBe(readFileSync(PAGE, 'utf8'));
});

test('every proof is run, and no row is without one', async () => {
  const checked = await checkFields();
  expect(checked.filter(({ found }) => Object.keys(found).length === 0)).toEqual([]);
  const names = checked.map(({ group, row }) => `${group.title} ${row.field}`);
  expect(new Set(names).size).toBe(names.length);
});
