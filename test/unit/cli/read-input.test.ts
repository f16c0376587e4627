import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInput } from '#cli/read-input.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-test-'));
  writeFileSync(join(folder, 'good.json'), '{"site":"berlin"}');
  writeFileSync(join(folder, 'good.yaml'), 'site: berlin\nsizes: [1, 2]\n');
  writeFileSync(join(folder, 'bad.yaml'), 'site: [berlin\n');
  writeFileSync(join(folder, 'nan.yaml'), 'share: .nan\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['nothing', undefined, {}],
  ['an object', '{"site":"berlin"}', { site: 'berlin' }],
  ['any other JSON', '[1, null]', [1, null]],
])('%s is taken', async (_name, text, input) => {
  expect(await readInput(text)).toEqual(input);
});

test.each([
  ['good.json', { site: 'berlin' }],
  ['good.yaml', { site: 'berlin', sizes: [1, 2] }],
])('@%s is read', async (file, input) => {
  expect(await readInput(`@${join(folder, file)}`)).toEqual(input);
});

test('text that is no JSON is refused with what is wrong and how it looks right', async () => {
  await expect(readInput('site=berlin')).rejects.toMatchObject({
    code: 'SW3020',
    kind: 'invalid',
    message: expect.stringContaining('--input is no JSON'),
    hint: expect.stringContaining('--input'),
  });
});

test.each(['missing.json', 'bad.yaml', 'nan.yaml'])(
  '@%s is refused, and the message names the file',
  async (file) => {
    await expect(readInput(`@${join(folder, file)}`)).rejects.toMatchObject({
      code: 'SW3020',
      message: expect.stringContaining(file),
    });
  },
);
