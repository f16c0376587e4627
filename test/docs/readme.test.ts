import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Source } from '#definition/source.ts';
import { validateProject } from '#validation/read-project.ts';

const ROOT = join(import.meta.dirname, '../..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

test('the workflow of the README has no errors', () => {
  const workflows = blocks('yaml').map((text) => Source.parse('README.md', text));
  expect(workflows).toHaveLength(1);
  const found = validateProject({
    folder: '',
    file: undefined,
    workflows,
    neighbours: [],
    documents: [],
    commands: undefined,
  });
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('every npm script that the README names exists', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const named = [...readme.matchAll(/npm (?:run ([\w:]+)|(start|test))/g)].map(
    ([, run, short]) => run ?? short ?? '',
  );
  expect(named.length).toBeGreaterThan(5);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('every file that the README links is there', () => {
  const links = [...readme.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(() => readFileSync(join(ROOT, link))).not.toThrow(/ENOENT/);
});

test('the figures of the README are those of the last bench', () => {
  const ResultSchema = z.object({
    fiveStepsMs: z.object({ mean: z.number() }),
    atOnce: z.object({ workflowsPerSecond: z.number() }),
    branches: z.object({ speedUp: z.number() }),
    commands: z.object({ fiveCommandsMs: z.object({ mean: z.number() }) }),
  });
  const text = readFileSync(join(ROOT, 'bench/results/embedded.json'), 'utf8');
  const { fiveStepsMs, atOnce, branches, commands } = ResultSchema.parse(JSON.parse(text));
  expect(readme).toContain(`| ${fiveStepsMs.mean} ms | < 50 ms |`);
  expect(readme).toContain(`| ${atOnce.workflowsPerSecond.toLocaleString('en')} workflows/s |`);
  expect(readme).toContain(`| ${branches.speedUp}x |`);
  expect(readme).toContain(`| ${commands.fiveCommandsMs.mean} ms |`);
});
