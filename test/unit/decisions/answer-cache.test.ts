import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { AnswerCache } from '#decisions/answer-cache.ts';
import { type CompiledDecision, compileDecision, decide } from '#decisions/decision.ts';
import { DecisionError } from '#decisions/fault.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { countsIn, sharedAnswers } from '#executions/shared-answers.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { answerKeys } from '#table/answer-keys.ts';

const INPUTS = {
  a: { type: ['number', 'null'] },
  b: { type: 'string', default: 'pump' },
  o: { type: 'object' },
  unused: {},
} as const;
const CACHE = { ttl: '10m', shared: true } as const;
const HEAD = { stepwright: 1, version: '1.0.0', inputs: INPUTS, cache: CACHE } as const;
const ANY = { out: {} };

/** Expressions of all kinds of reads: plain, deep, through lists, filters, parents, bindings, lambdas, and what hides a name. */
const EXPRESSIONS = [
  ...[
    '$input.a',
    '$input.a + 1',
    '$input.b & "x"',
    '$string($input.a)',
    '$uppercase($input.b)',
    '$count($input.o.list)',
  ],
  ...[
    '$input.o.x',
    '$string($input.o.x)',
    '$input.o.deep.x',
    '$exists($input.o.y)',
    '$sum($input.o.list.n)',
    '$input.o.list[n > 1].m',
  ],
  ...[
    '$input.o[x = 1].y',
    '$input.o.deep.%.x',
    '$input.o.list.(n + $input.a)',
    '$keys($input.o)',
    '$string($input)',
    '$input.o@$v.deep[$v.x = 1]',
  ],
  ...[
    '($input := $input.o; $input.x)',
    '($f := function($input){ $input.x }; $f($input.o))',
    '$lookup($input.o, $input.b)',
    '$input.o.*',
  ],
  ...[
    '$input.o.list^(n).m',
    '$input.o{"k": x}',
    '$lookup($data.sizes, $input.b)',
    '$data.sizes.pump',
    '$below.out',
    '$string($below.out)',
  ],
  ...[
    '$other.out',
    '$input.a ?? ($input := $input.b; $input)',
    '$input.a > 1 ? $string($input.o.x) : $length($input.b)',
    '$map($input.o.list, function($e){ $e.n })',
  ],
];
const expression = fc.constantFrom(...EXPRESSIONS).map((text) => `{% ${text} %}`);
const condition = fc.constantFrom(
  ...[
    '$input.a = 1',
    '$exists($input.o.x)',
    '$contains($input.b, "p")',
    '$count($input.o.list) > 1',
    '$input.b in ["pump","valve"]',
  ],
  ...[
    '$boolean($input.o.deep)',
    '$boolean($below.out)',
    '$lookup($data.sizes, $input.b) > 5',
    '$boolean($input.o[x = 1].y)',
  ],
);
const give = fc.record({ out: fc.oneof(expression, expression, fc.constantFrom<Json>(1, 'x', null)) });
const cell = {
  a: fc.constantFrom<Json>('> 0', 1, '-', '[0..2)', '{% $value > 0 %}', '{% $string($value) = "1" %}'),
  b: fc.constantFrom<Json>(
    ['pump'],
    'not("pump")',
    '{% $contains($value, "p") %}',
    '{% $value = $input.o.name %}',
  ),
};
const form = fc.oneof(
  fc.record({
    table: fc.record({
      hit: fc.constantFrom('first', 'collect', 'rule-order' as const),
      rules: fc.array(fc.record({ when: fc.record(cell, { requiredKeys: [] }), give }), {
        minLength: 1,
        maxLength: 12,
      }),
      otherwise: give,
    }),
  }),
  fc.record({
    tree: fc
      .tuple(
        fc.array(fc.record({ if: condition.map((text) => `{% ${text} %}`), give }), { maxLength: 4 }),
        give,
      )
      .map(([branches, last]) => [...branches, { else: true as const, give: last }]),
  }),
  fc.record({ expression: give }),
);
/** The decision, one that it goes by with its own inputs, and one that it gives some of its input to. */
const decision = fc.tuple(form, form, form).map(([own, lower, others]): CompiledDecision => {
  const data = { sizes: { values: { pump: 3, valve: 9 } } };
  const rest = { ...HEAD, data, outputs: ANY };
  const below = compileDecision({ ...rest, decision: 'below', ...lower } as DecisionFile);
  const other = compileDecision({
    ...rest,
    inputs: { a: {}, b: {}, o: {} },
    decision: 'other',
    ...others,
  } as DecisionFile);
  const uses = {
    below: { decision: 'below' },
    other: {
      decision: 'other',
      input: { a: '{% $input.o.x %}', b: '{% $string($input.a) %}', o: { list: [] } },
    },
  };
  const file = { ...rest, decision: 'tested', decisions: uses, ...own } as DecisionFile;
  return compileDecision(file, { uses: new Map(Object.entries({ below, other })) });
});

const scalar = fc.constantFrom<Json>(0, 1, 2, null, 'pump', 'valve', true);
const object = fc.record(
  {
    ...{ x: scalar, y: scalar, name: fc.constantFrom('pump', 'valve') },
    deep: fc.record({ x: scalar }, { requiredKeys: [] }),
    list: fc.array(fc.record({ n: fc.nat(3), m: scalar }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const input = fc.record(
  {
    a: fc.constantFrom<Json>(0, 1, 2, null, 'no number'),
    b: fc.constantFrom('pump', 'valve', 'x'),
    o: object,
    unused: scalar,
  },
  { requiredKeys: ['a', 'o', 'unused'] },
);

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await work()));
  } catch (error) {
    if (error instanceof DecisionError) return `${error.name} ${error.message}`;
    throw error;
  }
}

test('with the cache every decision answers, explains and fails as without it', async () => {
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(decision, fc.array(input, { minLength: 2, maxLength: 25 }), async (asked, inputs) => {
      const cache = new AnswerCache({ maxAnswers: 8 });
      for (const given of inputs) {
        const anew = await outcomeOf(() => decide(asked, given));
        expect(await outcomeOf(() => cache.decide(asked, given))).toEqual(anew);
        expect(await outcomeOf(() => cache.decide(asked, given))).toEqual(anew);
      }
      hits += cache.countsOf(asked)?.hits ?? 0;
      expect(cache.size).toBeLessThanOrEqual(8);
    }),
    { numRuns: 400 },
  );
  expect(hits).toBeGreaterThan(1_000);
}, 60_000);

test('processes that share a table answer, explain and fail as without any cache', async () => {
  let [shared, own] = [0, 0];
  const ask = fc.record({
    which: fc.nat(2),
    at: fc.nat(2),
    later: fc.constantFrom(0, 0, 61_000, 300_000),
  });
  const asks = fc.tuple(
    fc.array(input, { minLength: 1, maxLength: 3 }),
    fc.array(ask, { minLength: 10, maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(decision, asks, async (asked, [inputs, all]) => {
      const [table, clock] = [new MemoryTable(), new VirtualClock()];
      const store = sharedAnswers(table, clock);
      const processes = [8, 2, 100].map((maxAnswers) => new AnswerCache({ maxAnswers, clock, store }));
      for (const { which, at, later } of all) {
        await clock.advance(later);
        const given = inputs[which % inputs.length] ?? null;
        const anew = await outcomeOf(() => decide(asked, given));
        expect(await outcomeOf(() => processes[at]?.decide(asked, given))).toEqual(anew);
      }
      const counts = await countsIn(table, asked.fingerprint());
      shared += counts.sharedHits;
      own += counts.hits;
    }),
    { numRuns: 150 },
  );
  expect(shared).toBeGreaterThan(100);
  expect(own).toBeGreaterThan(20);
}, 60_000);

test('an answer of another process is found by what it has read, until its time is over, and counted with its age', async () => {
  const [table, clock] = [new MemoryTable(), new VirtualClock()];
  let elapsed = 0;
  const store = sharedAnswers(table, clock);
  const [one, other, late] = [0, 1, 2].map(
    () => new AnswerCache({ clock, store, elapsedMs: () => elapsed++ }),
  );
  const asked = slow({ expression: { out: '{% $uppercase($input.b) %}' } });
  await one?.decide(asked, GIVEN);
  await clock.advance(60_000);
  await other?.decide(asked, { ...GIVEN, unused: 9 });
  await other?.decide(asked, { ...GIVEN, unused: 10 });
  await clock.advance(540_000);
  await late?.decide(asked, GIVEN);
  expect([one, other, late].map((each) => each?.countsOf(asked))).toMatchObject([
    { hits: 0, misses: 1 },
    { hits: 2, misses: 0 },
    { hits: 0, misses: 1 },
  ]);
  // The hits of the second process are told when it next makes an answer.
  await other?.decide(asked, { ...GIVEN, b: 'x' });
  expect(await countsIn(table, asked.fingerprint())).toEqual({
    ...{ hits: 1, sharedHits: 1, misses: 3, savedMs: 2, readMs: 4, ageMs: 60_000, oldestMs: 60_000 },
  });
});

test.each([
  ['another version', { version: '1.0.1' }],
  ['other reference data', { data: { sizes: { values: { pump: 4 } } } }],
])('an answer is not that of %s', async (_what, change) => {
  const [table, clock] = [new MemoryTable(), new VirtualClock()];
  const store = sharedAnswers(table, clock);
  const data = { sizes: { values: { pump: 3 } } };
  const form = { data, expression: { out: '{% $lookup($data.sizes, $input.b) %}' } };
  const changed = slow({ ...form, ...change });
  await new AnswerCache({ clock, store }).decide(slow(form), GIVEN);
  const answer = await new AnswerCache({ clock, store }).decide(changed, GIVEN);
  expect(answer.output).toEqual((await decide(changed, GIVEN)).output);
  expect((await countsIn(table, changed.fingerprint())).sharedHits).toBe(0);
});

test('what does not ask for it is not shared, and counts as long as it says', async () => {
  const [table, clock] = [new MemoryTable(), new VirtualClock()];
  const asked = slow({ cache: { ttl: '10m' }, expression: { out: '{% $uppercase($input.b) %}' } });
  const cache = new AnswerCache({ clock, store: sharedAnswers(table, clock) });
  for (const later of [0, 599_999, 1]) {
    await clock.advance(later);
    await cache.decide(asked, GIVEN);
  }
  expect(cache.countsOf(asked)).toMatchObject({ hits: 1, misses: 2 });
  expect(await table.get(answerKeys.counts(asked.fingerprint()))).toBeUndefined();
});

function slow(fields: Partial<DecisionFile>, uses?: ReadonlyMap<string, CompiledDecision>): CompiledDecision {
  const file = { ...HEAD, decision: 'slow', outputs: ANY, ...fields } as DecisionFile;
  return compileDecision(file, uses === undefined ? {} : { uses });
}

const GIVEN: JsonObject = { a: 1, b: 'pump', o: { x: 1, y: 2, deep: { x: 3, y: 4 } }, unused: 0 };

test.each([
  ['an input that it does not read', '$string($input.a)', { unused: 5 }, 1],
  ['a field beside the one that it reads', '$string($input.o.deep.x)', { o: { x: 9, deep: { x: 3 } } }, 1],
  ['the field that it reads', '$string($input.o.deep.x)', { o: { deep: { x: 4 } } }, 0],
  ['what only the other branch reads', '$input.a = 1 ? $string($input.b) : $string($input.o)', { o: {} }, 0],
  ['any field, where it reads them all', '$string($input)', { unused: 5 }, 0],
  ['any field of the value, where it filters', '$input.o[y = 2].x', { o: { x: 1, y: 3 } }, 0],
])('what differs in %s is found so often', async (_what, text, other, hits) => {
  const cache = new AnswerCache();
  const asked = slow({ expression: { out: `{% ${text} ?? 'nothing' %}` } });
  await cache.decide(asked, GIVEN);
  await cache.decide(asked, { ...GIVEN, ...other });
  expect(cache.countsOf(asked)).toMatchObject({ hits, misses: 2 - hits });
});

test('a table counts only the inputs that were looked at, and a tree only the conditions that were asked', async () => {
  const cache = new AnswerCache();
  const table = slow({
    table: {
      hit: 'first',
      rules: [
        { when: { a: '> 0' }, give: { out: '{% $uppercase($input.b) %}' } },
        { when: { o: '{% $count($keys($value)) > 0 %}' }, give: { out: 2 } },
      ],
    },
  });
  const tree = slow({
    tree: [
      { if: '{% $contains($input.b, "p") %}', give: { out: 1 } },
      { if: '{% $exists($input.o.x) %}', give: { out: 2 } },
    ],
  });
  for (const asked of [table, tree]) {
    for (const o of [{}, { x: 1 }, { x: 2 }]) await cache.decide(asked, { ...GIVEN, o });
    expect(cache.countsOf(asked)).toMatchObject({ hits: 2, misses: 1 });
  }
});

test.each(['$random()', '$now()', '($f := $millis; $f())', '$shuffle([1, 2])', '$map([1], $uuid)'])(
  'what gives something else each time, %s, is never kept, not where another decision goes by it either',
  async (text) => {
    const cache = new AnswerCache();
    const below = slow({ expression: { out: `{% $string(${text}) %}` } });
    const above = slow(
      { decisions: { below: { decision: 'slow' } }, expression: { out: '{% $below.out %}' } },
      new Map([['below', below]]),
    );
    for (const asked of [below, above]) {
      for (let time = 0; time < 3; time++) await cache.decide(asked, GIVEN);
      expect(cache.countsOf(asked)).toMatchObject({ hits: 0, misses: 3 });
    }
    expect(cache.size).toBe(0);
  },
);

test('a decision without JSONata, and one that is asked to tell all, is made anew', async () => {
  const cache = new AnswerCache();
  const plain = slow({ expression: { out: '{% $input.a + 1 %}' } });
  for (let time = 0; time < 3; time++) cache.decide(plain, GIVEN);
  expect(cache.countsOf(plain)).toBeUndefined();
  const told = slow({ expression: { out: '{% $string($input.a) %}' } });
  for (let time = 0; time < 3; time++) await cache.decide(told, GIVEN, { tellAll: true });
  expect(cache.countsOf(told)).toMatchObject({ hits: 0, misses: 0 });
});

test('another version of a decision, or of its data, has answers of its own', async () => {
  const cache = new AnswerCache();
  const [one, other] = [3, 4].map((size) =>
    slow({ data: { size: { values: size } }, expression: { out: '{% $string($data.size) %}' } }),
  );
  if (one === undefined || other === undefined) throw new Error('there are two');
  for (const asked of [one, other, one, other]) await cache.decide(asked, GIVEN);
  expect((await cache.decide(one, GIVEN)).output).toEqual({ out: '3' });
  expect((await cache.decide(other, GIVEN)).output).toEqual({ out: '4' });
});

test('a kept answer is none that its giver can change, and the time it took is told as saved', async () => {
  let now = 0;
  const cache = new AnswerCache({ elapsedMs: () => (now += 5) });
  const asked = slow({ expression: { out: '{% $merge([$input.o]) %}' } });
  const given = structuredClone(GIVEN);
  await cache.decide(asked, given);
  (given['o'] as { x: number }).x = 99;
  expect((await cache.decide(asked, GIVEN)).output).toEqual({ out: GIVEN['o'] });
  expect(cache.countsOf(asked)).toEqual({ hits: 1, misses: 1, savedMs: 5 });
});

test('answers are bounded by number and by characters, and those used last stay', async () => {
  const asked = slow({ expression: { out: '{% $string($input.a) %}' } });
  const few = new AnswerCache({ maxAnswers: 2 });
  for (const a of [1, 2, 1, 3, 1]) await few.decide(asked, { ...GIVEN, a });
  expect(few.size).toBe(2);
  expect(few.countsOf(asked)).toMatchObject({ hits: 2, misses: 3 });
  const small = new AnswerCache({ maxCharacters: 400 });
  for (let a = 0; a < 50; a++) await small.decide(asked, { ...GIVEN, a });
  expect(small.size).toBeGreaterThan(0);
  expect(small.size).toBeLessThan(6);
});
