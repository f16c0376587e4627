import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { ListedKind } from '#definition/document-kind.ts';
import {
  alertJsonSchema,
  commandJsonSchema,
  decisionJsonSchema,
  faultsJsonSchema,
  fleetJsonSchema,
  projectJsonSchema,
  reportJsonSchema,
  templateJsonSchema,
  testJsonSchema,
  workflowJsonSchema,
} from '#definition/json-schemas.ts';
import { loadProject } from '#definition/load.ts';
import type { Source } from '#definition/source.ts';
import { undescribedFields, unshownFields, wrongExamples } from './fields-of-schema.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const { workflows, commands = [], documents, file } = loadProject(join(ROOT, 'workflows'));

function examplesOf(kind: ListedKind): Source[] {
  return documents.flatMap((one) => (one.kind === kind ? [one.source] : []));
}

describe.each([
  { name: 'workflow', schema: workflowJsonSchema(), files: workflows },
  { name: 'command', schema: commandJsonSchema(), files: commands },
  { name: 'project', schema: projectJsonSchema(), files: file === undefined ? [] : [file] },
  { name: 'fleet', schema: fleetJsonSchema(), files: examplesOf('fleet') },
  { name: 'decision', schema: decisionJsonSchema(), files: examplesOf('decision') },
  { name: 'alert', schema: alertJsonSchema(), files: examplesOf('alert') },
  { name: 'report', schema: reportJsonSchema(), files: examplesOf('report') },
  { name: 'test', schema: testJsonSchema(), files: examplesOf('test') },
  { name: 'faults', schema: faultsJsonSchema(), files: examplesOf('faults') },
  { name: 'template', schema: templateJsonSchema(), files: examplesOf('template') },
])('the schema of kind $name', ({ name, schema, files }) => {
  const validate = new Ajv2020({ strict: false }).compile(schema);

  test('is current (UPDATE_GOLDEN=1 writes it)', () => {
    const path = join(ROOT, 'schema', `${name}.json`);
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (UPDATE) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('has an example', () => {
    expect(files).not.toHaveLength(0);
  });

  test.each(files)('takes the example $file', ({ value }) => {
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  test('refuses a key that is unknown', () => {
    expect(validate({ ...Object(files[0]?.value), unknown: 1 })).toBe(false);
  });

  test('describes every field', () => {
    expect(undescribedFields(schema)).toEqual([]);
  });

  test('shows what is written in every field', () => {
    expect(unshownFields(schema)).toEqual([]);
  });

  test('shows examples that it takes itself', () => {
    expect(wrongExamples(schema)).toEqual([]);
  });
});
