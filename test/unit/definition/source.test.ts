import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_SOURCE_LENGTH } from '#definition/parse-text.ts';
import { Source } from '#definition/source.ts';

const codesOf = (text: string): string[] => Source.parse('f.yaml', text).diagnostics.map(({ code }) => code);

describe('a text that is no document', () => {
  test.each([
    ['is empty', '', ['SW1005']],
    ['has comments only', '# nothing\n', ['SW1005']],
    ['is too long', ' '.repeat(MAX_SOURCE_LENGTH + 1), ['SW1002']],
    ['has a key twice', 'a: 1\na: 2\n', ['SW1006']],
    ['has a bracket that is not closed', 'a: [1\n', ['SW1001']],
    ['is nested too deeply', `${'['.repeat(65)}${']'.repeat(65)}`, ['SW1003']],
    ['is nested so deeply that no parser takes it', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, ['SW1003']],
    ['is a map nested too deeply', `${'{a: '.repeat(65)}1${'}'.repeat(65)}`, ['SW1003']],
    ['has an alias of nothing', 'a: *b\n', ['SW1001']],
  ])('that %s is told by its code', (_, text, codes) => {
    expect(codesOf(text)).toEqual(codes);
    expect(Source.parse('f.yaml', text).value).toBeUndefined();
  });

  test('is told where it breaks', () => {
    const [diagnostic] = Source.parse('f.yaml', 'a: 1\nb: 2\n  c: 3\n').diagnostics;
    expect(diagnostic).toMatchObject({
      code: 'SW1001',
      severity: 'error',
      file: 'f.yaml',
      line: 2,
      path: '',
    });
  });

  test('is told of twenty times at most', () => {
    expect(codesOf(`${'a: 1\n'.repeat(50)}`)).toHaveLength(20);
  });

  test('cannot blow up by aliases of aliases', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${`*${of},`.repeat(9)}*${of}]\n`;
    const bomb = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
      .map((name, index) => level(name, 'abcdefgh'[index] ?? ''))
      .join('');
    expect(codesOf(`a: &a x\n${bomb}`)).toEqual(['SW1004']);
  });
});

test.each([`a: { b: \${{ x }} }`, `a: [ 1, at \${{x}} ]`])('that %s takes quotes is told', (text) => {
  const [diagnostic] = Source.parse('f.yaml', text).diagnostics;
  expect(diagnostic).toMatchObject({ code: 'SW1001', hint: expect.stringContaining('in quotes') });
});

describe('comments in JSON', () => {
  test('are comments', () => {
    const source = Source.parse(
      'f.json',
      '// one\n{ // two\n  "a": 1,// three\n  "b": "http://x" // four\n}\n',
    );
    expect(source.value).toEqual({ a: 1, b: 'http://x' });
    expect(source.locate(['b'])).toEqual({ line: 4, column: 8 });
  });

  test.each([
    ['{ a: http://b }', { a: 'http://b' }],
    ['a: // b', { a: '// b' }],
    ['"a": // b', { a: '// b' }],
  ])('are none in YAML: %s', (text, value) => {
    expect(Source.parse('f.yaml', text).value).toEqual(value);
  });
});

test('as deep as is allowed is a document', () => {
  expect(codesOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toEqual([]);
});

test('any text gives a document or what is wrong with it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '|',
      '>-',
      '"',
      "'",
      '#',
      '? ',
      '!!',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { value, diagnostics } = Source.parse('f.yaml', pieces.join(''));
      expect(value === undefined).toBe(diagnostics.length > 0);
      for (const { line, column } of diagnostics) expect(Math.min(line, column)).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

const TEXT = `name: tested
steps:
  - id: one
    wait:
      for: 1s
  - { id: two, set: { x: 1 } }
`;

describe('a place', () => {
  const source = Source.parse('f.yaml', TEXT);

  test.each([
    ['the document', [], 'value', 1, 1],
    ['a value', ['name'], 'value', 1, 7],
    ['a key', ['name'], 'key', 1, 1],
    ['a step', ['steps', 0], 'value', 3, 5],
    ['a value inside', ['steps', 0, 'wait', 'for'], 'value', 5, 12],
    ['a key inside', ['steps', 1, 'set'], 'key', 6, 16],
    ['what is missing: the key of what is around', ['steps', 0, 'wait', 'until'], 'value', 4, 5],
    ['what is missing in a step: the step', ['steps', 1, 'needs'], 'key', 6, 5],
    ['what is missing altogether', ['nothing', 'at', 'all'], 'key', 1, 1],
  ] as const)('of %s is known', (_, path, at, line, column) => {
    expect(source.locate(path, at)).toEqual({ line, column });
  });

  test('stands in diagnostics with the path as people read it', () => {
    const finding = { code: 'SW1', message: 'wrong', hint: 'do better', severity: 'info' } as const;
    expect(source.diagnose(['steps', 0, 'wait'], finding, 'key')).toEqual({
      ...finding,
      file: 'f.yaml',
      line: 4,
      column: 5,
      path: 'steps[0].wait',
    });
  });
});

describe('a place inside a text', () => {
  test.each([
    ['plain', 'x: one $here two\n'],
    ['plain over lines', 'x: one\n  two\n\n  $here\n'],
    ['in single quotes', "x: 'it''s $here'\n"],
    ['in single quotes over lines', "x: 'it''s\n\n   $here'\n"],
    ['in double quotes', 'x: "one $here"\n'],
    ['behind escapes', 'x: "\\"\\\\\\n\\u00e9\\x41\\U0001F600\\t $here"\n'],
    ['behind a line that goes on', 'x: "one \\\n   two $here"\n'],
    ['in a literal block', 'x: |\n  one\n\n    two $here\n'],
    ['in a literal block with indentation given', 'x: |2-\n     one $here\n'],
    ['in a folded block', 'x: >- # folded\n  one\n\n  two\n  $here\n'],
    ['with line ends of Windows', 'x: >\r\n  one\r\n  $here\r\n'],
    ['in flow style', '{ w: "a", x: "$here", z: "b" }\n'],
  ])('%s is exact', (_, text) => {
    const source = Source.parse('f.yaml', text);
    const value = String(Object(source.value).x);
    const { line, column } = source.diagnoseInside(['x'], value.indexOf('$here'), {
      code: 'SW1',
      message: '',
    });
    const before = text.slice(0, text.indexOf('$here')).split('\n');
    expect([line, column]).toEqual([before.length, (before.at(-1) ?? '').length + 1]);
  });

  test('is that of the value where it is no text of its own', () => {
    const source = Source.parse('f.yaml', 'a: &a { b: text }\nc: *a\n');
    expect(source.diagnoseInside(['c', 'b'], 2, { code: 'SW1', message: '' })).toMatchObject({ line: 2 });
  });
});
