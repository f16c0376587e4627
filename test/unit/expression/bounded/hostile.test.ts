import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';

/** CPU that a hostile expression may take, in ms: its time, and the last step that it was in. */
const MOST_MS = 2_500;
/** Memory that may be held on its account at any time, in bytes. */
const MOST_BYTES = 768 * 2 ** 20;

const FEED: Json = {
  list: Array.from({ length: 2_000 }, (_, n) => ({ n, s: `name ${n}` })),
  text: 'a'.repeat(100_000),
};

const double = (step: string, times = 60): string =>
  `($f := function($x, $n) { $n = 0 ? $x : $f(${step}, $n - 1) }; $f([1], ${times}))`;

/** What it does, and the expression. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['calls itself at its end', '($f := function($x) { $f($x) }; $f(1))'],
  ['calls itself before its end', '($f := function($x) { 1 + $f($x) }; $f(1))'],
  ['calls itself twice', '($f := function($n) { $n < 1 ? 1 : $f($n - 1) + $f($n - 1) }; $f(40))'],
  ['calls another that calls it', '($f := function($x) { $g($x) }; $g := function($x) { $f($x) }; $f(1))'],
  ['makes a list of ten million', '[1..10000000]'],
  ['makes a list of a thousand million', '[1..1000000000]'],
  ['maps within maps', '$map([1..90000], function($a) { $map([1..90000], function($b) { $a * $b }) })'],
  ['makes every pair in a path', '[1..50000].($a := $; [1..50000].($ + $a))'],
  ['makes every triple with positions', '[1..90000]@$a.[1..90000]@$b.{"a": $a, "b": $b}'],
  [
    'holds a long list at each depth',
    '($g := function($n) { $n = 0 ? 0 : ($l := [1..90000]; $g($n - 1) + $count($l)) }; $g(290))',
  ],
  ['pads to a thousand million', "$pad('x', 1000000000)"],
  ['pads to the left', "$pad('x', -100000000, 'ab')"],
  ['joins what is long', '$join($map([1..90000], function() { text }))'],
  ['joins with what is long', '$join($map([1..90000], function() { "" }), text)'],
  ['doubles a text', '($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("aaaaaaaa", 40))'],
  [
    'doubles a text and measures it',
    '($f := function($s, $n) { $n = 0 ? $length($s) : $f($s & $s, $n - 1) }; $f("aaaaaaaa", 25))',
  ],
  ['reduces to a text', '$length($reduce([1..90000], function($a, $b) { $a & text }))'],
  ['writes one text again and again', Array.from({ length: 200 }, () => 'text').join(' & ')],
  ['replaces each letter with a text', "$replace(text, 'a', text)"],
  ['replaces by a pattern with a text', '$replace(text, /a/, text)'],
  [
    'replaces by a function, again and again',
    '$map([1..90000], function() { $replace(text, /a/, function($m) { $m.match & "b" }) })',
  ],
  ['looks for what comes nowhere, at each place', '$match($pad("", 900000, "a"), /a[^b]*b|a/)'],
  ['backtracks', '$match($pad("", 900000, "a") & "!", /^(a+)+$/)'],
  ['backtracks over alternatives', '$contains($pad("", 500000, "ab"), /^(a|ab|b)*c/)'],
  ['matches within matches', '$map([1..90000], function() { $match(text, /(a|aa)*$/) })'],
  ['splits a long text', "$split($pad('', 900000, 'ab'), '')"],
  ['splits by a pattern', '$split($pad("", 900000, "ab"), /a/)'],
  ['doubles a list', double('$append($x, $x)')],
  ['doubles a list that is within a list', double('[[$x], [$x]]')],
  ['doubles an object', double('{"a": $x, "b": $x}')],
  ['doubles an object, and writes it', `$string(${double('{"a": $x, "b": $x}', 40)})`],
  [
    'doubles an object, and compares it',
    `(${double('{"a": $x, "b": $x}', 40)}) = (${double('{"a": $x, "b": $x}', 40)})`,
  ],
  ['doubles an object, and asks whether it is true', `${double('[[$x], [$x]]', 40)} ? 1 : 2`],
  ['doubles an object, and looks for all in it', `(${double('[[$x], [$x]]', 40)}).**`],
  ['doubles by groups', double('list{"a": $x, "b": $x}')],
  ['doubles by merging', double('$merge([{"a": $x}, {"b": $x}])')],
  ['doubles by a change', double('$x ~> |$|{"a": $x, "b": $x}|', 40)],
  ['doubles by zipping', double('$zip([$x, $x], [$x, $x])')],
  ['zips very many lists', `$zip(${Array.from({ length: 100 }, () => '[1..90000]').join(', ')})`],
  ['nests a list ever deeper', '$reduce([1..90000], function($a) { {"a": $a} }, 1)'],
  [
    'sorts a long list',
    '$count($sort([1..99999] ~> $reverse)) + $sum($map([1..90000], function() { $count($sort([1..9000] ~> $reverse)) }))',
  ],
  [
    'sorts by what never agrees',
    '$sort([1..90000], function($a, $b) { $count($map([1..900], function($x) { $x })) > 0 })',
  ],
  ['orders a long list by what takes long', '[1..90000]^(>$count($map([1..900], function($x) { $x })))'],
  [
    'tells a long list apart',
    '$count($distinct($map([1..90000], function($n) { {"n": $n} }))) + $sum($map([1..9000], function() { $count($distinct([1..90000])) }))',
  ],
  ['spreads again and again', '$map([1..90000], function() { $spread($$.list) })'],
  ['appends one by one', '$reduce([1..99999], $append)'],
  ['groups a long list', '[1..99999]{ "k": $ }'],
  [
    'reads a date by a picture that can be read in many ways',
    `$toMillis($pad('', 60, '1') & 'x', '[Y][M][D][H][m][s][f][d]')`,
  ],
  ['reads a long date', `$toMillis($pad('', 5000, '1') & 'x', '[Y][M][D][H][m][s]')`],
  ['writes a number in a long way', `$formatNumber(1.5, $pad('', 900000, '0'))`],
  ['writes an integer by a long picture', `$formatInteger(1, $pad('', 900000, '0'))`],
  ['looks for all, in all, of all', '$$.**.**.**.**'],
  ['hashes what is long, again and again', "$map([1..90000], function() { $hash($$.text, 'SHA-512') })"],
  [
    'reads long JSON, again and again',
    '$map([1..90000], function() { $parse("[" & $join($map([1..900], $string), ",") & "]") })',
  ],
  ['reads deep JSON', '$parse($pad("", 500000, "["))'],
  [
    'encodes again and again',
    '($f := function($s, $n) { $n = 0 ? $s : $f($base64encode($s), $n - 1) }; $f(text, 200))',
  ],
  [
    'encodes for an address again and again',
    '($f := function($s, $n) { $n = 0 ? $s : $f($encodeUrlComponent($s & "%"), $n - 1) }; $f(text, 200))',
  ],
  ['is in brackets within brackets', `${'('.repeat(9_000)}1${')'.repeat(9_000)}`],
  ['is a list within lists', `${'['.repeat(9_000)}1${']'.repeat(9_000)}`],
  ['is a long sum', Array.from({ length: 9_000 }, () => '1').join('+')],
  ['hashes a text many times over', '$hash([1..90000].($$.text))'],
  ['writes a text many times over', '$string([1..90000].($$.text))'],
  ['gives a text many times over', '[1..90000].($$.text)'],
  ['looks like a function and is none', double('{"_jsonata_lambda": true, "a": $x, "b": $x}')],
  ['raises to a power', '$power(10, 1000)'],
  ['divides by nothing', '1/0'],
];

test.each(HOSTILE)(
  'an expression that %s is ended',
  async (_, text) => {
    const before = process.memoryUsage.rss();
    const began = process.cpuUsage();
    let largest = before;
    const watch = setInterval(() => {
      largest = Math.max(largest, process.memoryUsage.rss());
    }, 20);
    const outcome: unknown = await evaluate(text, { input: FEED }).catch((error: unknown) => error);
    clearInterval(watch);
    const { user, system } = process.cpuUsage(began);
    largest = Math.max(largest, process.memoryUsage.rss());
    if (!(outcome instanceof EvaluationError)) {
      // What comes to an end within its bounds is no harm.
      expect(JSON.stringify(outcome ?? null).length).toBeLessThan(10_000_000);
    }
    expect((user + system) / 1_000).toBeLessThan(MOST_MS);
    expect(largest - before).toBeLessThan(MOST_BYTES);
  },
  20_000,
);
