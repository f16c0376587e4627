import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasErrors } from '#core/diagnostic.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { RoutingSchema } from '#definition/routing.ts';
import { Source } from '#definition/source.ts';
import { STRATEGIES } from '#definition/step-parts.ts';
import { HALF_LIFE_MS } from '#routing/health.ts';
import { READ_WHOLE, WINDOW } from '#routing/read-ring.ts';
import { validateWorkflow } from '#validation/validate.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const PAGE = readFileSync(join(GUIDE, 'routing.md'), 'utf8');
const blocks = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

test.each(blocks)('a block of the guide has no errors: %s', (text) => {
  const source = Source.parse('guide.yaml', `stepwright: 1\nname: guide\nversion: 1.0.0\nsteps:\n${text}`);
  const { diagnostics } = validateWorkflow(source, NO_PROJECT);
  expect(hasErrors(diagnostics), JSON.stringify(diagnostics, null, 1)).toBe(false);
});

test('the guide tells every field of `on`', () => {
  const untold = Object.keys(RoutingSchema.shape).filter((field) => !PAGE.includes(`\`${field}`));
  expect(untold).toEqual([]);
});

test('the guide tells every strategy, and no other', () => {
  const [, table = ''] = /\| strategy \|.*\n.*\n((?:\|.*\n)+)/.exec(PAGE) ?? [];
  const told = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual([...STRATEGIES].toSorted());
});

test('the numbers of the guide are those of the code', () => {
  const words = PAGE.replaceAll('\n', ' ');
  expect(words).toContain(`Up to ${READ_WHOLE} devices`);
  expect(words).toContain(`with ${WINDOW} devices that fit`);
  expect(HALF_LIFE_MS).toBe(30 * 60_000);
});

test('links of the guide lead to files', () => {
  const links = [...PAGE.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(1);
  for (const link of links) expect(existsSync(join(GUIDE, link))).toBe(true);
});
