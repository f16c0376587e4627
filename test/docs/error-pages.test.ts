import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'docs/errors');

/** Every code that the sources name. */
function codesInSources(): string[] {
  const codes = ['bin', 'lib', 'functions', 'localstack'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(ROOT, folder, file), 'utf8').match(/\bSW\d{4}\b/g) ?? []),
  );
  return [...new Set(codes)].sort();
}

const CODES = codesInSources();

test.each(CODES)('%s has a page that begins with it and says what to do', (code) => {
  const page = join(PAGES, `${code}.md`);
  expect(existsSync(page), `docs/errors/${code}.md is missing`).toBe(true);
  const text = readFileSync(page, 'utf8');
  expect(text).toMatch(new RegExp(`^# ${code}: \\S`));
  expect(text.split('\n').filter((line) => line !== '').length).toBeGreaterThanOrEqual(3);
});

test('no page is about a code that does not exist', () => {
  const pages = readdirSync(PAGES).map((file) => file.replace('.md', ''));
  expect(pages.filter((code) => !CODES.includes(code))).toEqual([]);
});
