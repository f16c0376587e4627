import { expect, test } from 'vitest';
import { type Presence, presenceWithout } from '#compiler/machine-rules/presence.ts';
import type { Json } from '#core/json.ts';
import { evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';

const CASES: readonly (readonly [text: string, presence: Presence])[] = [
  ['$x', 'nothing'],
  ['$x.a.b', 'nothing'],
  ['$x[0]', 'nothing'],
  ['$y', 'unknown'],
  ['$y[a = 1]', 'unknown'],
  ['$y.a', 'unknown'],
  ['*', 'unknown'],
  ['1', 'something'],
  ["'a'", 'something'],
  ['null', 'something'],
  ['true', 'true'],
  ['false', 'false'],
  ['/a/', 'something'],
  ['function($v) { $v }', 'something'],
  ['[$x]', 'something'],
  ["{ 'a': $x }", 'something'],
  ['-$x', 'nothing'],
  ['-$y', 'unknown'],
  ["$x & 'a'", 'something'],
  ['$x + 1', 'nothing'],
  ['1 - $x', 'nothing'],
  ['$y * 2', 'unknown'],
  ['$x < 1', 'nothing'],
  ['[1..$x]', 'something'],
  ['$x = 1', 'false'],
  ['$x != 1', 'false'],
  ['1 in $x', 'false'],
  ['$y = 1', 'unknown'],
  ['$x and $y', 'false'],
  ['$y and true', 'unknown'],
  ['true and true', 'true'],
  ['$x or true', 'true'],
  ['$x or $y', 'unknown'],
  ['$x or false', 'false'],
  ["'a' or false", 'unknown'],
  ['$x ? 1 : $x', 'nothing'],
  ['$x ? 1', 'nothing'],
  ['true ? $x : 1', 'nothing'],
  ['$y ? $x : 1', 'unknown'],
  ['$y ? $x : $x.a', 'nothing'],
  ['( $z := $x; $z )', 'nothing'],
  ['( $x := 1; $x )', 'something'],
  ['( $z := $x )', 'nothing'],
  ['()', 'nothing'],
  ['$exists($x)', 'false'],
  ['$exists($y)', 'unknown'],
  ['$exists(1)', 'true'],
  ['$not($x)', 'nothing'],
  ['$not($exists($x))', 'true'],
  ['$not($y)', 'unknown'],
  ['$not(true)', 'false'],
  ['$count($x)', 'something'],
  ['$string($x)', 'unknown'],
  ['$x ~> $count', 'unknown'],
];

test.each(CASES)('without $x, %s gives %s', (text, presence) => {
  expect(presenceWithout('x', parseExpression(text).tree)).toBe(presence);
});

/** What a value shows of presence. */
function shownBy(value: Json | undefined): readonly Presence[] {
  if (value === undefined) return ['nothing', 'unknown'];
  return typeof value === 'boolean' ? [value ? 'true' : 'false', 'unknown'] : ['something', 'unknown'];
}

test.each(CASES.filter(([text]) => !/function|\/a\/|~>/.test(text)))(
  'whatever $y is, %s gives what is said of it',
  async (text, presence) => {
    for (const y of [1, 0, -2.5]) {
      expect(shownBy(await evaluate(text, { bindings: { y } }))).toContain(presence);
    }
  },
);
