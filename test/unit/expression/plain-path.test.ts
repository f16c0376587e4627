import fc from 'fast-check';
import jsonata from 'jsonata';
import { expect, test } from 'vitest';
import { plainPathTree } from '#expression/plain-path.ts';
import { SyntaxNodeSchema } from '#expression/syntax-node.ts';

function byJsonata(text: string): unknown {
  return SyntaxNodeSchema.parse(jsonata(text).ast());
}

test.each(['$a', ' $a ', '$input.site.name', '\n $a_1.b2._c', '$function.x', '$a.andy', '$null'])(
  '%j has the tree that jsonata makes',
  (text) => {
    expect(plainPathTree(text)).toEqual(byJsonata(text));
  },
);

test.each([
  '$',
  '$$',
  '$a.',
  '$a..b',
  '$a b',
  '$a.1',
  '$a[0]',
  '$a.`b`',
  '$a()',
  'a.b',
  '',
  '$a.true',
  '$a.and',
  '$ä',
])('%j is left to jsonata', (text) => {
  expect(plainPathTree(text)).toBeUndefined();
});

test('whatever is taken for a plain path has the tree that jsonata makes', () => {
  const piece = fc.constantFrom(
    '$',
    'a',
    'B_1',
    '.',
    ' ',
    '\n',
    'or',
    'in',
    'null',
    'function',
    '$x',
    '.y',
    '0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
      const text = pieces.join('');
      const tree = plainPathTree(text);
      if (tree !== undefined) expect(tree).toEqual(byJsonata(text));
    }),
    { numRuns: 3_000 },
  );
});
