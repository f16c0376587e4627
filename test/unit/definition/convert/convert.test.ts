import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Document, isCollection, visit } from 'yaml';
import { convertSource, type Format, formatOf } from '#definition/convert/convert.ts';
import { loadProject } from '#definition/load.ts';
import { Source } from '#definition/source.ts';

function convert(text: string, to: Format): string {
  const source = Source.parse('file', text);
  expect(source.diagnostics, text).toEqual([]);
  return convertSource(source, to)?.text ?? '';
}

const readValue = (text: string) => Source.parse('file', text).value;

describe('YAML as JSON', () => {
  test.each([
    ['a map and a list', 'a: 1\nb:\n  - x\n  - ~\n', '{\n  "a": 1,\n  "b": [\n    "x",\n    null\n  ]\n}\n'],
    ['what stood on a line', 'a: { b: [1, x] }\n', '{\n  "a": { "b": [1, "x"] }\n}\n'],
    ['a comment behind a value', 'a: 1 # one\nb: 2\n', '{\n  "a": 1, // one\n  "b": 2\n}\n'],
    ['a comment before a key', '# of a\na: 1\n', '{\n  // of a\n  "a": 1\n}\n'],
    ['a comment behind a key', 'a: # of b\n  b: 1\n', '{\n  "a": {\n    // of b\n    "b": 1\n  }\n}\n'],
    ['a comment before a value', 'a:\n  # one\n  1\n', '{\n  // one\n  "a": 1\n}\n'],
    ['a comment of an explicit key', '? a # one\n: 1\n', '{\n  // one\n  "a": 1\n}\n'],
    ['a comment at the end', 'a:\n  b: 1\n  # end\n', '{\n  "a": {\n    "b": 1\n    // end\n  }\n}\n'],
    ['a comment behind a list on lines', 'a: [\n 1 ] # one\n', '{\n  "a": [\n    1\n  ] // one\n}\n'],
    ['comments around the document', '# a\n\n[1]\n# b\n# c\n', '// a\n\n[\n  1\n]\n// b\n// c\n'],
    ['blank lines', 'a: 1\n\nb: 2\n', '{\n  "a": 1,\n\n  "b": 2\n}\n'],
    ['an alias', 'a: &x [1]\nb: *x # again\n', '{\n  "a": [1],\n  "b": [1] // again\n}\n'],
    ['keys that are no texts', '1: a\n~: b\n[c]: d\n', '{\n  "1": "a",\n  "": "b",\n  "[ c ]": "d"\n}\n'],
    ['keys that become the same', '1: a\n"1": b\n', '{\n  "1": "b"\n}\n'],
    ['no value', 'a:\nb: ~\n', '{\n  "a": null,\n  "b": null\n}\n'],
    ['a list in braces at the root', '[]', '[]'],
  ])('%s', (_, yaml, json) => {
    expect(convert(yaml, 'json')).toBe(json);
    expect(readValue(json)).toEqual(readValue(yaml));
  });

  test('tells how many aliases were written out', () => {
    const source = Source.parse('file', 'a: &x 1\nb: [*x, *x]\n');
    expect(convertSource(source, 'json')?.aliases).toBe(2);
    expect(convertSource(source, 'yaml')?.aliases).toBe(0);
  });
});

describe('JSON as YAML', () => {
  test.each([
    ['lists and maps', '{"a": [\n{"b":\n1}], "c": {}}', 'a:\n  - b: 1\nc: {}\n'],
    ['what stood on a line', '{\n"a": {"b": [1, "x"]}\n}', 'a: { b: [ 1, x ] }\n'],
    [
      'texts that look like something else',
      '["1", "true", "{% $x %}", "a"]',
      '- "1"\n- "true"\n- "{% $x %}"\n- a\n',
    ],
    ['texts of several lines', '{"a": "b\\nc\\n"}', 'a: |\n  b\n  c\n'],
    [
      'comments',
      '// x\n{ // a\n"a": 1, // one\n// b\n"b": 2 // two\n}\n// end',
      '# x\n# a\na: 1 # one\n# b\nb: 2 # two\n\n# end\n',
    ],
    [
      'comments next to everything',
      '{"a":1// one\n,"b":[//x\n2]//y\n}',
      'a: 1 # one\nb:\n  #x\n  - 2\n  #y\n',
    ],
    ['addresses, which are no comments', '{"a": "http://b"}', 'a: http://b\n'],
    ['nothing at all', '{}', '{}\n'],
  ])('%s', (_, json, yaml) => {
    expect(convert(json, 'yaml')).toBe(yaml);
    expect(readValue(yaml)).toEqual(readValue(json));
  });
});

test.each<[string, Format]>([
  ['{"a": 1}', 'json'],
  ['// one\n[1] // two', 'json'],
  ['{ a: 1 }', 'yaml'],
  ['{ "a": http://b }', 'yaml'],
  ['"a"', 'yaml'],
  ['a: 1', 'yaml'],
  ['//: 0', 'yaml'],
])('%j is %s, and stays what it is', (text, format) => {
  expect(formatOf(text)).toBe(format);
  expect(convert(text, format)).toBe(text);
});

test('a text that does not parse is not converted', () => {
  expect(convertSource(Source.parse('file', 'a: ['), 'json')).toBeUndefined();
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((any) => any.replaceAll('!', '?')),
  fc.constantFrom(
    '{% $a, "b": c %}',
    '//',
    '# no',
    'http://x',
    'a\nb\n',
    ' a',
    'yes',
    '1.0',
    '- a',
    '',
    '__proto__',
  ),
);
const { document: json } = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    ...[text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()],
    fc.constant(null),
    tie('document'),
  ),
  document: fc.oneof(
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(text, tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** The comments of the tests are `c1!`, `c2!` and so on. */
const commentsIn = (written: string): string[] => written.match(/c\d+!/g) ?? [];

/** A value as YAML with comments in many places, some of it on lines of its own and some not. */
function commented(value: unknown, choices: readonly number[]): string {
  const document = new Document(value);
  let at = 0;
  const next = (): number => choices[at++ % choices.length] ?? 0;
  visit(document, {
    Node(key, node) {
      if (isCollection(node)) node.flow = next() % 3 === 0;
      if (next() % 3 === 0) node.commentBefore = ` c${at}!`;
      if (key !== 'key' && next() % 3 === 0) node.comment = ` c${at}!`;
    },
  });
  return document.toString();
}

describe('any file', () => {
  const choices = fc.array(fc.nat(20), { minLength: 1, maxLength: 30 });

  test('keeps its value and its comments as JSON, and as YAML again', () => {
    fc.assert(
      fc.property(json, choices, (value, chosen) => {
        const yaml = commented(value, chosen);
        const source = Source.parse('file', yaml);
        fc.pre(source.value !== undefined && formatOf(yaml) === 'yaml');
        const asJson = convert(yaml, 'json');
        expect(readValue(asJson)).toEqual(source.value);
        expect(commentsIn(asJson).toSorted()).toEqual(commentsIn(yaml).toSorted());
        if (formatOf(asJson) === 'yaml') return;
        const again = convert(asJson, 'yaml');
        expect(readValue(again)).toEqual(source.value);
        expect(commentsIn(again)).toEqual(commentsIn(asJson));
      }),
      { numRuns: 500 },
    );
  });

  test('is plain JSON where it has no comments', () => {
    fc.assert(
      fc.property(json, (value) => {
        const yaml = new Document(value).toString();
        expect(JSON.parse(convert(yaml, 'json'))).toEqual(readValue(yaml));
      }),
    );
  });

  test('that is JSON keeps its value as YAML', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2, '\t'), (value, space) => {
        const written = JSON.stringify(value, undefined, space);
        expect(readValue(convert(written, 'yaml'))).toEqual(readValue(written));
      }),
    );
  });
});

const EXAMPLES = loadProject(join(import.meta.dirname, '../../../../workflows'));

test.each([...EXAMPLES.workflows, ...(EXAMPLES.commands ?? [])])(
  'the example $file goes both ways',
  ({ file, value }) => {
    const yaml = readFileSync(file, 'utf8');
    const asJson = convert(yaml, 'json');
    const again = convert(asJson, 'yaml');
    expect(readValue(asJson)).toEqual(value);
    expect(readValue(again)).toEqual(value);
    const words = (written: string) => written.match(/^ *# .*$/gm)?.map((line) => line.trim()) ?? [];
    expect(words(again)).toEqual(words(yaml));
  },
);
