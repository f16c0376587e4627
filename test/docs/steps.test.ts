import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasErrors } from '#core/diagnostic.ts';
import { RUNTIME_ERRORS } from '#core/error.ts';
import { UnreadListSchema } from '#definition/fields.ts';
import { NO_PROJECT, readProjectFile } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { STEP_KINDS, stepSchemas } from '#definition/step-kinds.ts';
import { validateWorkflow } from '#validation/validate.ts';

const GUIDE = join(import.meta.dirname, '../../docs/guide');
const PAGES = ['steps.md', ...readdirSync(join(GUIDE, 'steps')).map((name) => `steps/${name}`)];
const PROJECT = {
  ...NO_PROJECT,
  pools: new Map([
    ['grid', 2],
    ['uplink', 4],
  ]),
  workflows: new Map([
    ['backup', ['1.2.0']],
    ['cleanup', ['1.0.0']],
    ['ring-rollout', ['1.1.0']],
  ]),
  decisions: new Map([['wave-policy', new Map([['1.0.0', undefined]])]]),
};

function textOf(page: string): string {
  return readFileSync(join(GUIDE, page), 'utf8');
}

const blocks = PAGES.flatMap((page) =>
  [...textOf(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ''], index) => ({
    page,
    index,
    text,
  })),
);

const isProject = ({ text }: { readonly text: string }): boolean => text.startsWith('stepwright: 1\n');

test.each(blocks.filter(isProject))('the project of $page, block $index, has no errors', ({ text }) => {
  expect(readProjectFile(Source.parse('stepwright.yaml', text)).diagnostics).toEqual([]);
});

test.each(blocks.filter((block) => !isProject(block)))(
  'the steps of $page, block $index, have no errors',
  ({ text }) => {
    const source = Source.parse('guide.yaml', `stepwright: 1\nname: guide\nversion: 1.0.0\nsteps:\n${text}`);
    const { diagnostics } = validateWorkflow(source, PROJECT);
    expect(hasErrors(diagnostics), JSON.stringify(diagnostics, null, 1)).toBe(false);
  },
);

describe.each(STEP_KINDS)('the kind %s', (kind) => {
  const page = `steps/${kind}.md`;
  const schemas = stepSchemas(UnreadListSchema).filter((schema) => kind in schema.shape);

  test('has a page, which the overview names', () => {
    expect(existsSync(join(GUIDE, page))).toBe(true);
    expect(textOf('steps.md')).toContain(`[\`${kind}\`](${page})`);
  });

  test('has every field told, on its page or in the overview', () => {
    const told = `${textOf(page)}\n${textOf('steps.md')}`;
    const fields = schemas.flatMap((schema) => fieldsOf(schema, kind));
    expect(fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(told))).toEqual([]);
  });
});

/** The fields of a step, and those of what stands under its kind. */
function fieldsOf(schema: z.ZodObject, kind: string): string[] {
  const inner = schema.shape[kind];
  return [...Object.keys(schema.shape), ...(inner instanceof z.ZodObject ? Object.keys(inner.shape) : [])];
}

test('names of errors in the guide are ours', () => {
  const known = Object.keys(RUNTIME_ERRORS);
  const families = new Set(known.map((name) => name.split('.')[0]));
  const named = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/`([A-Z]\w+\.[A-Z]\w+)`/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => families.has(name.split('.')[0]) && !known.includes(name))).toEqual([]);
});

test('links of the guide lead to files', () => {
  for (const page of PAGES) {
    const links = [...textOf(page).matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(GUIDE, page, '..', link)))).toEqual([]);
  }
});
