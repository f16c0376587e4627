import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_COUNT } from '#compiler/durations.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = readFileSync(join(ROOT, 'docs/guide/plan.md'), 'utf8');

test('the guide shows the plan that its command prints', () => {
  const golden = readFileSync(join(ROOT, 'test/golden/plan/firmware-rollout.plan.txt'), 'utf8');
  expect(GUIDE).toContain(`\`\`\`text\n${golden}\`\`\``);
});

test('the guide names the count that is assumed', () => {
  expect(DEFAULT_COUNT).toBe(10);
  expect(GUIDE).toContain('Anything else is assumed:\n  ten,');
});

test('every page that the guide links is there', () => {
  const links = [...GUIDE.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(() => readFileSync(join(ROOT, 'docs/guide', link))).not.toThrow();
});
