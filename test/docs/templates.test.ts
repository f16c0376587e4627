import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '#api/routes.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { CODES } from '#validation/codes.ts';
import { instantiate } from '#validation/instantiate.ts';
import { validateTemplate } from '#validation/template.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const PAGE = readFileSync(join(GUIDE, 'templates.md'), 'utf8');
const [, TEXT = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
const source = Source.parse('guide.yaml', TEXT);
const { template, diagnostics } = validateTemplate(source, NO_PROJECT);

test('the template of the guide is a good one', () => {
  expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
});

test('placeholders of the guide become what it says', () => {
  if (template === undefined) throw new Error('no template');
  const { document } = instantiate(
    { source, template },
    { name: 'a', zone: 'berlin', atOnce: 4 },
    NO_PROJECT,
  );
  expect(document).toMatchObject({ name: 'check-a', output: `{% 'checked in ' & "berlin" %}` });
  expect(document['steps']).toMatchObject([{}, { maxConcurrency: 4 }]);
  expect(JSON.stringify(document)).not.toContain('timeout');
});

test('every request of the guide is one of the API, and the other way round', () => {
  const told = [...PAGE.matchAll(/^\| `(GET|POST) (\/v1\/templates[^` ]*)`/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const served = ROUTES.filter(({ path }) => path.startsWith('/v1/templates')).map(
    ({ method, path }) => `${method} ${path}`,
  );
  expect(told.toSorted()).toEqual(served.toSorted());
});

test('codes and links of the guide are there', () => {
  for (const [code] of PAGE.matchAll(/SW\d{4}/g)) expect(Object.keys(CODES)).toContain(code);
  for (const [, link = ''] of PAGE.matchAll(/\]\(([^)#]+)\)/g))
    expect(existsSync(join(GUIDE, link))).toBe(true);
});
