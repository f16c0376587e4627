import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#core/diagnostic.ts';
import { folderOfKind, LISTED_KINDS } from '#definition/document-kind.ts';
import { Source } from '#definition/source.ts';
import { CODES } from '#validation/codes.ts';
import { validateProject } from '#validation/read-project.ts';

const CASES = import.meta.dirname;
const PROJECT_FILE = 'stepwright.yaml';
const PAGES = join(CASES, '../../../docs/errors');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

/**
 * Codes of what is no small file: a path that cannot be read, and texts that are too long. And of what decisions say when they
 * are read with their data and run, which test/unit/decisions does; of DMN, which test/unit/definition/dmn does. No part of the language comes later just now (SW1106).
 */
const WITHOUT_CASE = [
  ...['SW1000', 'SW1002', 'SW1106', 'SW1110', 'SW1821', 'SW1822', 'SW1824', 'SW1831', 'SW1832', 'SW1833'],
];

const names = readdirSync(CASES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

function sourcesIn(name: string, folder = ''): Source[] {
  return readdirSync(join(CASES, name, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const path = join(folder, file);
      return Source.parse(path, readFileSync(join(CASES, name, path), 'utf8'));
    });
}

function diagnosticsOf(name: string): readonly Diagnostic[] {
  const hasCatalogue = existsSync(join(CASES, name, 'commands'));
  const files = sourcesIn(name);
  return validateProject({
    folder: '.',
    file: files.find(({ file }) => file === PROJECT_FILE),
    workflows: files.filter(({ file }) => file !== PROJECT_FILE),
    neighbours: [],
    commands: hasCatalogue ? sourcesIn(name, 'commands') : undefined,
    decisions: existsSync(join(CASES, name, 'decisions')) ? sourcesIn(name, 'decisions') : [],
    documents: LISTED_KINDS.flatMap((kind) => {
      const folder = folderOfKind(kind);
      const isThere = existsSync(join(CASES, name, folder));
      return isThere ? sourcesIn(name, folder).map((source) => ({ kind, source })) : [];
    }),
  });
}

test.each(names)('%s has its diagnostics', (name) => {
  const golden = join(CASES, name, 'diagnostics.json');
  const text = `${JSON.stringify(diagnosticsOf(name), null, 2)}\n`;
  if (UPDATE) writeFileSync(golden, text);
  expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'no golden yet: UPDATE_GOLDEN=1').toBe(text);
});

describe('every code', () => {
  const found = new Set(names.flatMap(diagnosticsOf).map(({ code }) => code));

  test('has a case that is given it', () => {
    const missing = Object.keys(CODES).filter((code) => !found.has(code) && !WITHOUT_CASE.includes(code));
    expect(missing).toEqual([]);
  });

  test('that a case is given is in the list', () => {
    expect([...found].filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
  });

  test.each(Object.entries(CODES))('%s has a page with its title', (code, { title }) => {
    const page = join(PAGES, `${code}.md`);
    const [heading] = existsSync(page) ? readFileSync(page, 'utf8').split('\n') : [''];
    expect(heading).toBe(`# ${code}: ${title}`);
  });
});
