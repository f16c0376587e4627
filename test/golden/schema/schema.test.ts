import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { commandJsonSchema, workflowJsonSchema } from '#definition/json-schemas.ts';
import { loadProject } from '#definition/load.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const examples = loadProject(join(ROOT, 'workflows'));

describe.each([
  { name: 'workflow', schema: workflowJsonSchema(), files: examples.workflows },
  { name: 'command', schema: commandJsonSchema(), files: examples.commands ?? [] },
])('schema/$name.json', ({ name, schema, files }) => {
  test('is current (UPDATE_GOLDEN=1 writes it)', () => {
    const file = join(ROOT, 'schema', `${name}.json`);
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (UPDATE) writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test.each(files)('takes the example $file', ({ value }) => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  test('refuses a key that is unknown', () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate({ ...Object(files[0]?.value), unknown: 1 })).toBe(false);
  });
});
