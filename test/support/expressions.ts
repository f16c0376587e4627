import type { Json } from '#core/json.ts';

/** An expression, and its value. */
export interface ExpressionRow {
  /** The function it calls, without `$`, or what of the language it shows. */
  readonly of: string;
  readonly text: string;
  readonly gives: Json;
}

/** `$input` of the expressions. */
export const INPUT = {
  site: { name: 'berlin', height: 34 },
  'odd name': 1,
  zones: [
    { name: 'north', floor: 1 },
    { name: 'south', floor: 2 },
  ],
  pumps: [
    { id: 'p1', speed: 10, zone: 'north', parts: [{ name: 'rotor' }] },
    { id: 'p2', speed: 20, zone: 'south', parts: [{ name: 'rotor' }, { name: 'seal' }] },
    { id: 'p3', speed: 30, zone: 'north', parts: [] },
  ],
};

/** Every function and every form of JSONata in Step Functions, with the value that it gives on every runtime. */
export const EXPRESSIONS: readonly ExpressionRow[] = [
  { of: 'abs', text: '$abs(-5)', gives: 5 },
  { of: 'append', text: '$append([1, 2], 3)', gives: [1, 2, 3] },
  { of: 'append', text: '$append("a", ["b"])', gives: ['a', 'b'] },
  { of: 'assert', text: '$exists($assert)', gives: true },
  { of: 'average', text: '$average([1, 2, 6])', gives: 3 },
  { of: 'base64decode', text: '$base64decode("c3RlcA==")', gives: 'step' },
  { of: 'base64encode', text: '$base64encode("step")', gives: 'c3RlcA==' },
  {
    of: 'boolean',
    text: '[$boolean(""), $boolean("a"), $boolean(0), $boolean([]), $boolean({"a": 1})]',
    gives: [false, true, false, false, true],
  },
  { of: 'ceil', text: '$ceil(-2.5)', gives: -2 },
  { of: 'clone', text: '$clone({"a": [1]})', gives: { a: [1] } },
  { of: 'contains', text: '$contains("firmware", "ware")', gives: true },
  { of: 'contains', text: '$contains("ab12", /[0-9]+/)', gives: true },
  { of: 'count', text: '$count(["a", "b"])', gives: 2 },
  { of: 'count', text: '[$count("a"), $count([]), $count($missing)]', gives: [1, 0, 0] },
  { of: 'decodeUrl', text: '$decodeUrl("https://x.example/a%20b")', gives: 'https://x.example/a b' },
  { of: 'decodeUrlComponent', text: '$decodeUrlComponent("a%26b%3D1")', gives: 'a&b=1' },
  { of: 'distinct', text: '$distinct([1, 2, 1, "1"])', gives: [1, 2, '1'] },
  {
    of: 'each',
    text: '$sort($each({"a": 1, "b": 2}, function($value, $key) { $key & $value }))',
    gives: ['a1', 'b2'],
  },
  { of: 'encodeUrl', text: '$encodeUrl("https://x.example/a b")', gives: 'https://x.example/a%20b' },
  { of: 'encodeUrlComponent', text: '$encodeUrlComponent("a&b=1")', gives: 'a%26b%3D1' },
  { of: 'error', text: '$exists($error)', gives: true },
  { of: 'exists', text: '[$exists($missing), $exists(null), $exists(1)]', gives: [false, true, true] },
  { of: 'filter', text: '$filter([1, 2, 3, 4], function($n) { $n % 2 = 0 })', gives: [2, 4] },
  { of: 'filter', text: '$filter(["a", "b", "c"], function($v, $i) { $i > 0 })', gives: ['b', 'c'] },
  { of: 'floor', text: '$floor(-2.5)', gives: -3 },
  { of: 'formatBase', text: '$formatBase(255, 16)', gives: 'ff' },
  {
    of: 'formatInteger',
    text: '[$formatInteger(1999, "I"), $formatInteger(2789, "w"), $formatInteger(7, "000")]',
    gives: ['MCMXCIX', 'two thousand, seven hundred and eighty-nine', '007'],
  },
  {
    of: 'formatNumber',
    text: '[$formatNumber(12345.6, "#,###.00"), $formatNumber(0.14, "01%")]',
    gives: ['12,345.60', '14%'],
  },
  { of: 'fromMillis', text: '$fromMillis(1510067557121)', gives: '2017-11-07T15:12:37.121Z' },
  {
    of: 'fromMillis',
    text: '$fromMillis(1510067557121, "[M01]/[D01]/[Y0001] [h#1]:[m01][P]")',
    gives: '11/07/2017 3:12pm',
  },
  { of: 'join', text: '$join(["a", "b", "c"], "-")', gives: 'a-b-c' },
  { of: 'keys', text: '$keys({"a": 1, "b": 2})', gives: ['a', 'b'] },
  { of: 'length', text: '$length("grüße")', gives: 5 },
  { of: 'lookup', text: '$lookup({"a": 1, "b": 2}, "b")', gives: 2 },
  { of: 'lowercase', text: '$lowercase("GRÜN")', gives: 'grün' },
  { of: 'map', text: '$map([1, 2, 3], function($n, $i) { $n * $i })', gives: [0, 2, 6] },
  { of: 'match', text: '$match("a1b22", /[0-9]+/).match', gives: ['1', '22'] },
  { of: 'match', text: '$match("2026-11-24", /([0-9]+)-([0-9]+)/).groups', gives: ['2026', '11'] },
  { of: 'max', text: '$max([5, 20, 10])', gives: 20 },
  { of: 'merge', text: '$merge([{"a": 1, "b": 1}, {"b": 2}])', gives: { a: 1, b: 2 } },
  { of: 'millis', text: '$millis() > 1700000000000', gives: true },
  { of: 'min', text: '$min([5, 20, 10])', gives: 5 },
  { of: 'not', text: '[$not(true), $not(""), $not([1])]', gives: [false, true, false] },
  { of: 'now', text: '$contains($now(), /^20[0-9]{2}-[0-9]{2}-[0-9]{2}T/)', gives: true },
  {
    of: 'number',
    text: '[$number("12.5"), $number(true), $number("1e3"), $number("0x1F")]',
    gives: [12.5, 1, 1000, 31],
  },
  { of: 'pad', text: '[$pad("a", 3, "-"), $pad("a", -3, "-")]', gives: ['a--', '--a'] },
  {
    of: 'parseInteger',
    text: '[$parseInteger("1,234", "#,##0"), $parseInteger("twelve", "w"), $parseInteger("XIV", "I")]',
    gives: [1234, 12, 14],
  },
  { of: 'power', text: '$power(2, 10)', gives: 1024 },
  { of: 'reduce', text: '$reduce([1, 2, 3], function($a, $b) { $a + $b }, 10)', gives: 16 },
  { of: 'replace', text: '$replace("a-b-c", "-", "+")', gives: 'a+b+c' },
  { of: 'replace', text: '$replace("265USD", /([0-9]+)USD/, "$$$1")', gives: '$265' },
  { of: 'replace', text: '$replace("aaa", "a", "b", 2)', gives: 'bba' },
  {
    of: 'replace',
    text: '$replace("a1b2", /[0-9]/, function($m) { "<" & $m.match & ">" })',
    gives: 'a<1>b<2>',
  },
  { of: 'reverse', text: '$reverse([1, 2, 3])', gives: [3, 2, 1] },
  {
    of: 'round',
    text: '[$round(2.5), $round(3.5), $round(123.456, 2), $round(1250, -2)]',
    gives: [2, 4, 123.46, 1200],
  },
  { of: 'shuffle', text: '$sum($shuffle([1, 2, 3]))', gives: 6 },
  { of: 'sift', text: '$sift({"a": 1, "b": 5}, function($v) { $v > 2 })', gives: { b: 5 } },
  { of: 'single', text: '$single([1, 2, 3], function($n) { $n = 2 })', gives: 2 },
  { of: 'sort', text: '$sort([3, 1, 2])', gives: [1, 2, 3] },
  {
    of: 'sort',
    text: '$sort([{"n": 2}, {"n": 1}], function($l, $r) { $l.n > $r.n })',
    gives: [{ n: 1 }, { n: 2 }],
  },
  { of: 'split', text: '$split("a,b,c", ",")', gives: ['a', 'b', 'c'] },
  {
    of: 'split',
    text: '[$split("a1b2c", /[0-9]/), $split("a,b,c", ",", 2)]',
    gives: ['a', 'b', 'c', 'a', 'b'],
  },
  { of: 'spread', text: '$spread([{"a": 1, "b": 2}])', gives: [{ a: 1 }, { b: 2 }] },
  { of: 'sqrt', text: '$sqrt(2.25)', gives: 1.5 },
  {
    of: 'string',
    text: '[$string(5), $string({"a": [1]}), $string("a"), $string(null), $string(0.1 + 0.2)]',
    gives: ['5', '{"a":[1]}', 'a', 'null', '0.3'],
  },
  { of: 'string', text: '$string({"a": 1}, true)', gives: '{\n  "a": 1\n}' },
  {
    of: 'substring',
    text: '[$substring("hello", 3), $substring("hello", 1, 2), $substring("hello", -3, 2)]',
    gives: ['lo', 'el', 'll'],
  },
  { of: 'substringAfter', text: '$substringAfter("hello", "ll")', gives: 'o' },
  { of: 'substringBefore', text: '$substringBefore("hello", "ll")', gives: 'he' },
  { of: 'sum', text: '$sum([1.5, 2])', gives: 3.5 },
  { of: 'toMillis', text: '$toMillis("2017-11-07T15:07:54.972Z")', gives: 1510067274972 },
  { of: 'toMillis', text: '$toMillis("24/11/2026", "[D01]/[M01]/[Y0001]")', gives: 1795478400000 },
  { of: 'trim', text: '$trim("  a   b ")', gives: 'a b' },
  {
    of: 'type',
    text: '[$type(1), $type("a"), $type(null), $type([]), $type({}), $type(true)]',
    gives: ['number', 'string', 'null', 'array', 'object', 'boolean'],
  },
  { of: 'uppercase', text: '$uppercase("grün")', gives: 'GRÜN' },
  {
    of: 'zip',
    text: '$zip([1, 2], ["a", "b"])',
    gives: [
      [1, 'a'],
      [2, 'b'],
    ],
  },
  { of: 'partition', text: '$partition([1, 2, 3, 4, 5], 2)', gives: [[1, 2], [3, 4], [5]] },
  { of: 'range', text: '$range(1, 9, 2)', gives: [1, 3, 5, 7, 9] },
  { of: 'range', text: '$range(3, 1, -1)', gives: [3, 2, 1] },
  { of: 'hash', text: '$hash("step", "MD5")', gives: '2764ca9d34e90313978d044f27ae433b' },
  {
    of: 'hash',
    text: '[$hash("step", "SHA-1"), $hash("step", "SHA-256")]',
    gives: [
      'bd370d1b6f9b3580a77083b3ed3256c621f44a99',
      '3e64cc41cf8e07b43936d7bc4eaf8bdb8e2abcec1f44c7b915ac0a0c27ebc41a',
    ],
  },
  {
    of: 'hash',
    text: '$hash("grüße", "SHA-384")',
    gives: '3cb0433a40379ce95ab87b70287791b17f74cabeccbeb0aab41a0f0182fbe5aad04386093f019880a585937b856ec996',
  },
  {
    of: 'hash',
    text: '$hash("", "SHA-512")',
    gives:
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  },
  { of: 'random', text: '$random() < 1', gives: true },
  { of: 'random', text: '$random(7) = $random(7)', gives: true },
  { of: 'uuid', text: '$length($uuid())', gives: 36 },
  { of: 'uuid', text: '$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/)', gives: true },
  { of: 'parse', text: '$parse("{\\"a\\": [1, null]}")', gives: { a: [1, null] } },
  {
    of: 'arithmetic',
    text: '[7 + 2, 7 - 2, 7 * 2, 7 / 2, 7 % 2, -7 % 3, 0.1 + 0.2]',
    gives: [9, 5, 14, 3.5, 1, -1, 0.30000000000000004],
  },
  { of: 'text', text: '"a" & 1 & true & null & [1] & $missing', gives: 'a1truenull[1]' },
  {
    of: 'comparison',
    text: '[1 = 1.0, "a" = "A", 1 = "1", [1] = [1], {"a": 1} = {"a": 1}, null = null]',
    gives: [true, false, false, true, true, true],
  },
  {
    of: 'comparison',
    text: '[1 < 2, "a" < "b", 2 <= 2, "b" >= "a", 1 != 2]',
    gives: [true, true, true, true, true],
  },
  {
    of: 'boolean operators',
    text: '[true and false, true or false, 1 and "a", 0 or ""]',
    gives: [false, true, true, false],
  },
  { of: 'membership', text: '["a" in ["a", "b"], 3 in [1, 2], 1 in 1]', gives: [true, false, true] },
  { of: 'condition', text: '[true ? 1 : 2, 0 ? 1 : 2]', gives: [1, 2] },
  { of: 'default', text: '[$exists($missing) ? $missing : 1, 0 ? 0 : 5]', gives: [1, 5] },
  { of: 'range operator', text: '[[1..5], [3..1]]', gives: [[1, 2, 3, 4, 5], []] },
  { of: 'field', text: '$input.site.name', gives: 'berlin' },
  { of: 'field through a list', text: '$input.pumps.speed', gives: [10, 20, 30] },
  { of: 'field that is missing', text: '$exists($input.site.nothing)', gives: false },
  { of: 'index', text: '[$input.pumps[0].id, $input.pumps[-1].id]', gives: ['p1', 'p3'] },
  { of: 'filter by predicate', text: '$input.pumps[speed > 15].id', gives: ['p2', 'p3'] },
  {
    of: 'filter to one',
    text: '$input.pumps[id = "p1"]',
    gives: { id: 'p1', speed: 10, zone: 'north', parts: [{ name: 'rotor' }] },
  },
  { of: 'keep as a list', text: '$input.pumps[id = "p1"].id[]', gives: ['p1'] },
  { of: 'sort operator', text: '$input.pumps^(>speed).id', gives: ['p3', 'p2', 'p1'] },
  { of: 'group', text: '$input.pumps{ zone: $sum(speed) }', gives: { north: 40, south: 20 } },
  { of: 'map over a list', text: '$input.pumps.(id & "=" & speed)', gives: ['p1=10', 'p2=20', 'p3=30'] },
  { of: 'descendants', text: '$sum($input.**.speed)', gives: 60 },
  { of: 'wildcard', text: '$input.site.*', gives: ['berlin', 34] },
  {
    of: 'parent',
    text: '$input.pumps.parts.(%.id & "/" & name)',
    gives: ['p1/rotor', 'p2/rotor', 'p2/seal'],
  },
  { of: 'position', text: '$input.pumps#$i.($i & id)', gives: ['0p1', '1p2', '2p3'] },
  {
    of: 'join of lists',
    text: '$input.pumps@$p.$input.zones[name = $p.zone].($p.id & "@" & floor)',
    gives: ['p1@1', 'p2@2', 'p3@1'],
  },
  { of: 'transform', text: '$input.site ~> |$|{"name": "x"}|', gives: { name: 'x', height: 34 } },
  { of: 'chain', text: '[3, 1, 2] ~> $sort ~> $reverse', gives: [3, 2, 1] },
  { of: 'function', text: '(function($x) { $x * 2 })(21)', gives: 42 },
  { of: 'recursion', text: '($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))', gives: 3628800 },
  {
    of: 'partial application',
    text: '($double := $map(?, function($n) { $n * 2 }); $double([1, 2]))',
    gives: [2, 4],
  },
  { of: 'block', text: '($a := 1; $b := $a + 1; [$a, $b])', gives: [1, 2] },
  { of: 'object', text: '{ "a": 1, "b": { "c": [] } }', gives: { a: 1, b: { c: [] } } },
  { of: 'quoted field', text: '$input.`odd name`', gives: 1 },
  { of: 'unicode', text: '$length("🙂") & $substring("a🙂b", 1, 1)', gives: '1🙂' },
  { of: 'nested lists', text: '[[1, [2]], []]', gives: [[1, [2]], []] },
  { of: 'nothing in a list', text: '[1, $missing, 2]', gives: [1, 2] },
  { of: 'context', text: '$count($input.pumps[$contains(id, "p")])', gives: 3 },
];

/** Expressions that give no value on any runtime: what evaluates them fails. */
export const FAILING: readonly string[] = [
  '1 + "a"',
  '-"a"',
  '1 / 0',
  '"a" < 1',
  '1 < true',
  '{1: 2}',
  '$missing',
  '$input.site.nothing',
  'function($x) { $x }',
  '/a/',
  '($f := function($n) { $f($n + 1) + 1 }; $f(1))',
  '[1..10000001]',
  '$nope()',
  '$error("no")',
  '$assert(false, "no")',
  '$sum("a")',
  '$number("x")',
  '$single([1, 2])',
  '$join([1, 2])',
  '$toMillis("yesterday")',
  '$formatBase(1, 1)',
  '$formatInteger("a", "w")',
  '$sort([1, "a"])',
  '$sqrt(-1)',
  '$power(0, -1)',
  '$length(1)',
  '$uppercase(1)',
  '$replace("a", "", "b")',
  '$map([1], 2)',
  '$reduce([1], function($a) { $a })',
  '$partition([1], 0)',
  '$partition(1, 2)',
  '$range(1, 2, 0)',
  '$parse("{")',
  '$hash("x", "CRC")',
  '$random("x")',
];

/** An emulator in the version that was compared. */
export type ComparedEmulator = 'ministack' | 'localstack';

/** What an emulator is known to do otherwise. */
export interface Difference {
  readonly text: string;
  /** Here; undefined where it fails. */
  readonly gives: Json | undefined;
  readonly on: ComparedEmulator;
  /** There; undefined where it fails. */
  readonly emulated: Json | undefined;
}

const NO_HASH = 'Function $hash is currently not supported';

/**
 * Where an emulator (MiniStack 1.5.33, LocalStack 4.14) and this project's evaluation part; here it is as JSONata documents
 * it, or Step Functions. Rows of the tables above that are here too hold everywhere but there.
 */
export const DIFFERENCES: readonly Difference[] = [
  { text: '$formatNumber(34.555, "#0.00;(#0.00)")', gives: '34.56', on: 'ministack', emulated: '34.55' },
  { text: '$lowercase("Grüße")', gives: 'grüße', on: 'ministack', emulated: 'grüsse' },
  { text: '$decodeUrlComponent("%")', gives: undefined, on: 'ministack', emulated: '%' },
  { text: '$eval("1")', gives: undefined, on: 'ministack', emulated: 1 },
  { text: '$eval("1")', gives: undefined, on: 'localstack', emulated: 1 },
  { text: '$count($range(1, 1001, 1))', gives: undefined, on: 'ministack', emulated: 1001 },
  { text: '$count($range(1, 1001, 1))', gives: undefined, on: 'localstack', emulated: 1001 },
  { text: '[$missing ?? 1, null ?? 1]', gives: [1, null], on: 'localstack', emulated: undefined },
  { text: '[0 ?: 5, 3 ?: 5]', gives: [5, 3], on: 'localstack', emulated: undefined },
  {
    text: '$encodeUrl("https://x.example/a b")',
    gives: 'https://x.example/a%20b',
    on: 'localstack',
    emulated: 'https%3A%2F%2Fx.example%2Fa+b',
  },
  { text: '$length("🙂") & $substring("a🙂b", 1, 1)', gives: '1🙂', on: 'localstack', emulated: undefined },
  { text: '$random(7) = $random(7)', gives: true, on: 'localstack', emulated: undefined },
  { text: '$length($uuid())', gives: 36, on: 'localstack', emulated: 41 },
  {
    text: '$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/)',
    gives: true,
    on: 'localstack',
    emulated: false,
  },
  {
    text: '$hash("step", "MD5")',
    gives: '2764ca9d34e90313978d044f27ae433b',
    on: 'localstack',
    emulated: NO_HASH,
  },
  { text: '$hash("x", "CRC")', gives: undefined, on: 'localstack', emulated: NO_HASH },
  { text: '$partition([1], 0)', gives: undefined, on: 'localstack', emulated: null },
  { text: '$partition(1, 2)', gives: undefined, on: 'localstack', emulated: [[1]] },
  { text: '/a/', gives: undefined, on: 'localstack', emulated: 'a' },
];
