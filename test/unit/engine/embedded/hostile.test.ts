import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionDescription } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';

/** CPU that a hostile document may take, in ms. */
const MOST_MS = 3_000;

function open(functions: Record<string, () => Promise<Json>> = {}): EmbeddedEngine {
  return new EmbeddedEngine({ database: new Database(':memory:'), functions });
}

async function run(
  engine: EmbeddedEngine,
  definition: JsonObject,
  input: Json = {},
): Promise<ExecutionDescription> {
  await engine.deploy({ name: 'm', definition });
  await engine.start({ machine: 'm', name: 'e' }, input);
  return engine.whenEnded({ machine: 'm', name: 'e' });
}

async function withinCpu<T>(work: () => Promise<T>): Promise<T> {
  const began = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000).toBeLessThan(MOST_MS);
  return result;
}

const jsonata = (state: JsonObject): JsonObject => ({
  QueryLanguage: 'JSONata',
  StartAt: 'a',
  States: { a: { Type: 'Pass', ...state, End: true } },
});

test.each([
  ['goes on for ever', '{% ($f := function($x) { $f($x) }; $f(1)) %}'],
  ['recurses for ever', '{% ($f := function($x) { 1 + $f($x) }; $f(1)) %}'],
  ['makes a list of ten million', '{% [1..10000000] %}'],
  ['pads without measure', "{% $pad('x', 1000000000) %}"],
  ['nests as deep as it can', '{% $reduce([1..90000], function($a) { {"a": $a} }, 1) %}'],
  [
    'doubles a list of lists',
    '{% ($f := function($x, $n) { $n = 0 ? $x : $f([[$x], [$x]], $n - 1) }; $f([1], 60)) %}',
  ],
  ['gives a text many times over', "{% $map([1..90000], function() { $pad('', 9000, 'a') }) %}"],
])('an expression that %s ends its own execution, while another one goes on', async (_, Output) => {
  const engine = open();
  const steps = Array.from({ length: 10 }, (__, n) => [
    `s${n}`,
    { Type: 'Pass', Output: `{% $states.input + 1 %}`, ...(n === 9 ? { End: true } : { Next: `s${n + 1}` }) },
  ]);
  await engine.deploy({
    name: 'good',
    definition: { QueryLanguage: 'JSONata', StartAt: 's0', States: Object.fromEntries(steps) },
  });
  const hostile = withinCpu(() => run(engine, jsonata({ Output })));
  await setImmediate();
  await engine.start({ machine: 'good', name: 'e' }, 0);
  expect(await engine.whenEnded({ machine: 'good', name: 'e' })).toMatchObject({
    status: 'SUCCEEDED',
    output: 10,
  });
  expect(await hostile).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
});

test('an expression that takes long holds nobody up for long', async () => {
  const engine = open();
  const hostile = run(engine, jsonata({ Output: '{% ($f := function($x) { $f($x) }; $f(1)) %}' }));
  let isOver = false;
  void hostile.then(() => {
    isOver = true;
  });
  const pauses: number[] = [];
  for (let at = performance.now(); !isOver; ) {
    await setImmediate();
    const now = performance.now();
    pauses.push(now - at);
    at = now;
  }
  // Its first tenth of a second, and then ten milliseconds at a time: most turns of the event loop are short.
  expect(pauses.length).toBeGreaterThan(20);
  expect(pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length / 2)]).toBeLessThan(60);
});

function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

test('an input that is nested too deep is refused, and nothing is left of it', async () => {
  const engine = open();
  await engine.deploy({ name: 'm', definition: jsonata({}) });
  await expect(
    withinCpu(() => engine.start({ machine: 'm', name: 'e' }, nested(100_000))),
  ).rejects.toMatchObject({ code: 'SW4083', kind: 'invalid' });
  expect(await engine.describe({ machine: 'm', name: 'e' })).toBeUndefined();
  await engine.start({ machine: 'm', name: 'e' }, nested(900));
  expect(await engine.whenEnded({ machine: 'm', name: 'e' })).toMatchObject({ status: 'SUCCEEDED' });
});

test('a task that gives what is nested too deep fails, and nobody else', async () => {
  const engine = open({ Deep: async () => nested(100_000) });
  const ended = await withinCpu(() =>
    run(engine, {
      StartAt: 'a',
      States: { a: { Type: 'Task', Resource: 'arn:aws:lambda:local:000000000000:function:Deep', End: true } },
    }),
  );
  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  expect(ended.cause).not.toContain('    at ');
});

const PROTOTYPE: Json = JSON.parse(
  '{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}}',
);

test.each<[string, JsonObject]>([
  ['as it is', { StartAt: 'a', States: { a: { Type: 'Pass', End: true } } }],
  [
    'through ResultPath',
    { StartAt: 'a', States: { a: { Type: 'Pass', ResultPath: '$.__proto__', End: true } } },
  ],
  [
    'through ResultPath of a constructor',
    { StartAt: 'a', States: { a: { Type: 'Pass', ResultPath: '$.constructor.prototype', End: true } } },
  ],
  [
    'through Parameters',
    {
      StartAt: 'a',
      States: {
        a: {
          Type: 'Pass',
          Parameters: JSON.parse('{"__proto__": {"admin": true}, "x.$": "$.__proto__"}'),
          End: true,
        },
      },
    },
  ],
  [
    'through a JSONPath merge',
    {
      StartAt: 'a',
      States: { a: { Type: 'Pass', Parameters: { 'm.$': 'States.JsonMerge($, $, false)' }, End: true } },
    },
  ],
  ['through JSONata', jsonata({ Output: '{% $merge([$states.input, {"x": 1}]) %}' })],
  ['through a change', jsonata({ Output: '{% $states.input ~> |$|{"x": 1}| %}' })],
  [
    'through a field of a template',
    jsonata({ Output: JSON.parse('{"__proto__": {"admin": "{% true %}"}}') }),
  ],
  [
    'through variables',
    jsonata({
      Assign: JSON.parse('{"v": "{% $states.input %}"}'),
      Output: '{% $states.input.constructor %}',
    }),
  ],
])('a field that is named as the prototype is data, and changes nobody, %s', async (_, definition) => {
  const ended = await run(open(), definition, PROTOTYPE);
  expect(['SUCCEEDED', 'FAILED']).toContain(ended.status);
  if (ended.status === 'FAILED') expect(ended.cause).not.toContain('    at ');
  expect(Reflect.get({}, 'admin')).toBeUndefined();
  expect(Reflect.get(Object(ended.output), 'admin')).toBeUndefined();
});

function blocks(depth: number): JsonObject {
  let inner: JsonObject = { StartAt: 'p', States: { p: { Type: 'Pass', End: true } } };
  for (let level = 0; level < depth; level++) {
    inner = {
      StartAt: `b${level}`,
      States: { [`b${level}`]: { Type: 'Parallel', Branches: [inner], End: true } },
    };
  }
  return inner;
}

function line(count: number): JsonObject {
  const states = Array.from({ length: count }, (_, n) => [
    `s${n}`,
    n === count - 1 ? { Type: 'Pass', End: true } : { Type: 'Pass', Next: `s${n + 1}` },
  ]);
  return { StartAt: 's0', States: Object.fromEntries(states) };
}

test.each<[string, JsonObject]>([
  ['with blocks a thousand deep', blocks(1_000)],
  ['with blocks fifty thousand deep', blocks(50_000)],
  ['with a hundred thousand states', line(100_000)],
  ['with a text beyond its quota', { Comment: 'x'.repeat(1_100_000), ...line(1) }],
  [
    'with data nested a hundred thousand deep',
    { StartAt: 'a', States: { a: { Type: 'Pass', Result: nested(100_000), End: true } } },
  ],
  ['that begins at the prototype', { StartAt: '__proto__', States: { a: { Type: 'Pass', End: true } } }],
  ['that begins at a constructor', { StartAt: 'constructor', States: { a: { Type: 'Pass', End: true } } }],
  ['that goes on to a prototype', { StartAt: 'a', States: { a: { Type: 'Pass', Next: 'toString' } } }],
  [
    'whose states are a prototype',
    { StartAt: 'a', States: JSON.parse('{"__proto__": {"Type": "Pass", "End": true}}') },
  ],
  ['that is a list', { StartAt: 'a', States: [] }],
])('a definition %s is refused with a reason', async (_, definition) => {
  const engine = open();
  const refused: unknown = await withinCpu(() =>
    engine.deploy({ name: 'm', definition }).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  expect(refused).toMatchObject({ code: 'SW4011', kind: 'invalid', message: expect.any(String) });
  expect(engine.definition('m')).toBeUndefined();
});
