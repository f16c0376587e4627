import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MACHINE_CODES } from '#compiler/machine-rules/codes.ts';
import { CODES } from '#validation/codes.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const TABLES = readdirSync(import.meta.dirname)
  .filter((file) => ['states.test.ts', 'variables.test.ts', 'fields.test.ts'].includes(file))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');

test.each(Object.entries(MACHINE_CODES))('%s has a page with its title', (code, { title }) => {
  const [heading] = readFileSync(join(ROOT, `docs/errors/${code}.md`), 'utf8').split('\n');
  expect(heading).toBe(`# ${code}: ${title}`);
});

test('each code has a machine that is found to have it', () => {
  expect(
    Object.keys(MACHINE_CODES).filter(
      (code) => !TABLES.includes(`'${code} `) && !TABLES.includes(`\`${code} `),
    ),
  ).toEqual([]);
});

test('no code stands for something else in the files of authors', () => {
  expect(Object.keys(MACHINE_CODES).filter((code) => Object.hasOwn(CODES, code))).toEqual([]);
});
