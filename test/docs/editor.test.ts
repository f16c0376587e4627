import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemsOf, useSchemas } from '#support/editor.ts';

const ROOT = new URL('../../', import.meta.url);
const EXAMPLES = new URL('workflows/', ROOT);
const page = readFileSync(new URL('docs/guide/editor.md', ROOT), 'utf8');
const SettingsSchema = z.object({
  'yaml.schemas': z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

const block = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const schemas = Object.entries(SettingsSchema.parse(JSON.parse(block))['yaml.schemas']);
useSchemas(schemas.map(([path, files]) => ({ url: new URL(path, ROOT), files: [files].flat() })));

const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.yaml'),
);

test.each(files)('the settings of the guide give %s its schema', async (path) => {
  const text = readFileSync(new URL(path, EXAMPLES), 'utf8').replace(/^# yaml-language-server:.*$/m, '#');
  const url = new URL(path, EXAMPLES);
  expect(await problemsOf({ url, text })).toEqual([]);
  const misspelt = text.replace(/^stepwright:/m, 'stepwrigth:');
  expect(await problemsOf({ url, text: misspelt })).toContainEqual(
    expect.stringContaining('Property stepwrigth is not allowed.'),
  );
});

test('every published schema is in the settings of the guide', () => {
  const published = readdirSync(new URL('schema/', ROOT)).map((file) => `./schema/${file}`);
  expect(schemas.map(([path]) => path).sort()).toEqual(published.sort());
});
