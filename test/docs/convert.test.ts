import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertSource } from '#definition/convert/convert.ts';
import { Source } from '#definition/source.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/convert.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? '';
}

test('the example of the guide becomes what the guide shows, and comes back', () => {
  const [yaml, json] = [block('yaml'), block('jsonc')];
  expect(convertSource(Source.parse('pause.yaml', yaml), 'json')?.text).toBe(json);
  expect(convertSource(Source.parse('pause.json', json), 'yaml')?.text).toBe(yaml);
});
