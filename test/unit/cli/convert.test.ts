import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConvertArguments, convertCommand } from '#cli/convert.ts';
import { type RecordingTerminal, recordingTerminal } from '#support/recording-terminal.ts';

let folder = '';
let terminal: RecordingTerminal;

beforeEach(() => {
  terminal = recordingTerminal();
  folder = mkdtempSync(join(tmpdir(), 'stepwright-convert-'));
  writeFileSync(join(folder, 'a.yaml'), 'a: &x 1 # one\nb: *x\n');
  writeFileSync(join(folder, 'a.json'), '{ "a": 1 } // one\n');
  writeFileSync(join(folder, 'broken.yaml'), 'a: [');
});

afterEach(() => rmSync(folder, { recursive: true }));

function convert({ file, out, ...more }: ConvertArguments) {
  const args = {
    file: join(folder, file),
    ...(out === undefined ? {} : { out: join(folder, out) }),
    ...more,
  };
  return convertCommand(args, terminal);
}

const AS_JSON = '{\n  "a": 1, // one\n  "b": 1\n}';

test('a file is printed in the other format', async () => {
  expect(await convert({ file: 'a.yaml' })).toBe(0);
  expect(terminal.printed).toEqual([AS_JSON]);
  expect(terminal.noted).toEqual(['JSON has no aliases: 1 written out']);
});

test('JSON becomes YAML', async () => {
  await convert({ file: 'a.json' });
  expect(terminal.printed).toEqual(['a: 1\n# one']);
});

test('a file in the format that is asked for is printed as it is', async () => {
  await convert({ file: 'a.yaml', to: 'yaml' });
  expect(terminal.printed).toEqual(['a: &x 1 # one\nb: *x']);
});

test.each([
  ['b.json', `${AS_JSON}\n`],
  ['b.jsonc', `${AS_JSON}\n`],
  ['b.yml', 'a: &x 1 # one\nb: *x\n'],
  ['b', `${AS_JSON}\n`],
])('%s is written in the format of its name', async (out, text) => {
  await convert({ file: 'a.yaml', out });
  expect(readFileSync(join(folder, out), 'utf8')).toBe(text);
  expect(terminal.printed).toEqual([]);
});

test('--json prints a document', async () => {
  terminal = recordingTerminal({ json: true });
  await convert({ file: 'a.json' });
  await convert({ file: 'a.json', out: 'b.yaml' });
  expect(terminal.printed.map((text) => JSON.parse(text))).toEqual([
    { format: 'yaml', aliases: 0, text: 'a: 1\n# one\n' },
    { format: 'yaml', aliases: 0, file: join(folder, 'b.yaml') },
  ]);
});

test('a file that does not parse is told of, and nothing is written', async () => {
  await expect(convert({ file: 'broken.yaml', out: 'b.json' })).rejects.toThrow('errors');
  expect(terminal.noted.join('\n')).toContain('error[SW1001]');
  expect(readdirSync(folder)).not.toContain('b.json');
});

test('where a file cannot be written, nothing is left of it', async () => {
  mkdirSync(join(folder, 'b.json'));
  await expect(convert({ file: 'a.yaml', out: 'b.json' })).rejects.toMatchObject({
    code: 'SW3024',
    kind: 'invalid',
  });
  expect(readdirSync(folder).toSorted()).toEqual(['a.json', 'a.yaml', 'b.json', 'broken.yaml']);
});

const TWO_DECISIONS = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
<decision id="a" name="One"><literalExpression><text>1</text></literalExpression></decision>
<decision id="b" name="Two"><literalExpression><text>2</text></literalExpression></decision></definitions>`;

test('the decisions of a DMN file become files of a folder', async () => {
  writeFileSync(join(folder, 'm.dmn'), TWO_DECISIONS);
  expect(await convert({ file: 'm.dmn', out: 'decisions' })).toBe(0);
  expect(readdirSync(join(folder, 'decisions'))).toEqual(['one.yaml', 'two.yaml']);
  expect(readFileSync(join(folder, 'decisions', 'two.yaml'), 'utf8')).toContain('expression:\n  Two: 2\n');
});

test('several decisions do not become one file (SW3024)', async () => {
  writeFileSync(join(folder, 'm.dmn'), TWO_DECISIONS);
  await expect(convert({ file: 'm.dmn', out: 'one.yaml' })).rejects.toMatchObject({ code: 'SW3024' });
  await expect(convert({ file: 'm.dmn', out: 'm.dmn/below' })).rejects.toMatchObject({ code: 'SW3024' });
});

test('a decision file becomes DMN, by the name of what is written', async () => {
  mkdirSync(join(folder, 'decisions'));
  const decision =
    'stepwright: 1\ndecision: one\nversion: 1.0.0\ninputs: {}\noutputs: { o: { type: number } }\n';
  writeFileSync(join(folder, 'decisions', 'one.yaml'), `${decision}expression: { o: 1 }\n`);
  expect(await convert({ file: 'decisions/one.yaml', out: 'one.dmn' })).toBe(0);
  expect(readFileSync(join(folder, 'one.dmn'), 'utf8')).toContain('<decision id="one" name="one">');
});
