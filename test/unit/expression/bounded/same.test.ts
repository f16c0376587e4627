import fc from 'fast-check';
import jsonata from 'jsonata';
import { expect, test } from 'vitest';
import { evaluate } from '#expression/evaluate.ts';

/** What jsonata itself gives, as JSON. */
async function plain(text: string, input: unknown): Promise<unknown> {
  const value: unknown = await jsonata(text).evaluate(input);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const INPUT = {
  list: [
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
    { a: 1, b: 'x' },
  ],
  n: 3,
  text: 'one two',
};

test.each([
  ['$distinct(list)'],
  ['$distinct([1, "1", 1, true, "true", null, null, [1], [1], {"a": 1, "b": 2}, {"b": 2, "a": 1}])'],
  ['$distinct(list.a)'],
  ['$distinct([1, 1])'],
  ['$distinct(5)'],
  ['$sort([3, 1, 2])'],
  ['$sort(["b", "a", "B"])'],
  ['$sort(list.a)'],
  ['$sort(list, function($l, $r) { $l.b < $r.b })'],
  ['$sort([1, "a"])'],
  ['$sort([[2], [1]])'],
  ['$spread(list)'],
  ['$spread({"a": 1, "b": [1, 2]})'],
  ['$spread([{"a": 1}, 2, [3, {"b": 4}]])'],
  ['$spread("text")'],
  ['$spread([])'],
  ['($f := function($x) { [[$x, 1], [2]] }; $f(n))'],
  ['($x := list; $x.[a, b])'],
  ['($x := list; [$x.a])'],
  ['($x := list; $x[a = 1].b)'],
  ['($x := list; $x{b: a})'],
  ['($x := list; $x{b: $sum(a)}.x)'],
  ['($x := list; $x^(<a, >b).{"k": a & b})'],
  ['($x := list; $x@$o.{"a": $o.a, "n": n})'],
  ['($x := list; $x#$i.{"i": $i, "a": a})'],
  ['($x := {"o": list}; $x.o.{"up": %.o[0].a, "a": a})'],
  ['($x := 1; {"a": [], "b": [[]], "c": {}, "d": [1][]})'],
  ['($x := 1; list[].a[])'],
  ['($f := $map(?, function($v) { $v & "" }); $f([1, 2]))'],
  ['($f := $uppercase ~> $trim; " a " ~> $f)'],
  ['($x := list; $x ~> |$|{"c": a + 1}, ["b"]|)'],
  ['($s := ""; $s & 1 & null & true & [1] & {"a": [1]} & nothing)'],
  ['($f := function($n) { $n & "-" & ($n > 0 ? $f($n - 1) : "end") }; $f(5))'],
  ['($f := function($n, $a) { $n = 0 ? $a : $f($n - 1, $a + 1) }; $f(150, 0))'],
  ['($x := [1, 2]; $x ~> $sum)'],
  ['($x := {"f": function($n) { $n + 1 }}; 1 ~> $x.f)'],
  ['($x := 1; [1..3] ~> $map(function($v, $i, $a) { [$v, $i, $count($a)] }))'],
  ['$map(["a", "b"], $uppercase)'],
  ['$map([1.5, 2.5], $round)'],
  ['$reduce([1, 2, 3], $append)'],
  ['$filter(list, function($v, $i) { $i > 0 })'],
  ['text.$split(" ").$uppercase()'],
  ['text ~> $length'],
  ['list.b.$uppercase()'],
  ['$each({"a": 1}, function($v, $k) { $k & $v })'],
  ['$match(text, /(o)(n)/)'],
  ['$replace(text, /o(.)/, "<$1>")'],
  ['$toMillis("2024-02-29T10:00:00Z")'],
  ['$fromMillis(0, "[Y0001]-[M01]-[D01]")'],
  ['$pad("a", -5, "xy")'],
  ['$lookup(list, "a")'],
  ['$keys(list)'],
  ['$zip([1, 2], ["a", "b"], [true, false])'],
  ['$merge(list)'],
  ['$clone(list)'],
  ['$single(list, function($v) { $v.a = 2 })'],
])('%s gives what jsonata gives', async (text) => {
  const [expected, given] = await Promise.allSettled([plain(text, INPUT), evaluate(text, { input: INPUT })]);
  expect(given.status).toBe(expected.status);
  if (expected.status === 'fulfilled' && given.status === 'fulfilled')
    expect(given.value).toEqual(expected.value);
  if (expected.status === 'rejected' && given.status === 'rejected')
    expect(String(given.reason.message)).toContain(String(expected.reason.code));
});

test('whatever is in a list, it is told apart, sorted and spread as jsonata does', async () => {
  const value = fc.oneof(
    fc.integer({ max: 5, min: 0 }),
    fc.constantFrom('a', 'b', ''),
    fc.boolean(),
    fc.constant(null),
  );
  const values = fc.array(
    fc.oneof(value, fc.dictionary(fc.constantFrom('a', 'b'), value), fc.array(value, { maxLength: 2 })),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(values, async (list) => {
      for (const text of [
        '$distinct(list)',
        '$spread(list)',
        '$sort(list)',
        '$sort(list, function($l, $r) { $string($l) > $string($r) })',
      ]) {
        const expected = await plain(text, { list }).catch(() => 'failed');
        expect(await evaluate(text, { input: { list } }).catch(() => 'failed')).toEqual(expected);
      }
    }),
  );
});
