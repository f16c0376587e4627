import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { decide } from '#decisions/decision.ts';
import { DecisionError } from '#decisions/fault.ts';
import { Library } from '#decisions/library.ts';
import { readDecisions } from '#decisions/sourced-decision.ts';
import { runTests, testDiagnostic } from '#decisions/test-cases.ts';
import { Source } from '#definition/source.ts';

/** Decisions given by their fields after the version, as YAML by name. */
function libraryOf(files: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>> = {}) {
  const sources = Object.entries(files).map(([name, fields]) =>
    Source.parse(`${name}.yaml`, `stepwright: 1\ndecision: ${name}\nversion: 1.0.0\n${fields}`),
  );
  const { decisions, diagnostics } = readDecisions(sources, (file) => {
    const text = texts[file];
    if (text === undefined) throw new Error(`there is no ${file}`);
    return text;
  });
  return { library: new Library(decisions), decisions, diagnostics };
}

function compiledOf(fields: string, texts?: Readonly<Record<string, string>>) {
  const { library, decisions } = libraryOf({ tested: fields }, texts);
  const [found] = decisions;
  if (found === undefined) throw new Error('the decision has not its shape');
  return library.compile(found);
}

async function failureOf(fields: string, input: Json): Promise<string> {
  try {
    return JSON.stringify(await decide(compiledOf(fields), input));
  } catch (error) {
    if (error instanceof DecisionError) return `${error.name} ${error.message}`;
    throw error;
  }
}

const IO =
  'inputs: { a: { type: number }, b: { type: string, default: x } }\noutputs: { out: { type: number } }\n';

describe('a decision', () => {
  test('that takes no JSONata is made at once, without a promise', () => {
    const tree = `${IO}tree: [{ if: "{% $input.a > 1 and $input.b = 'x' %}", give: { out: 1 } }, { else: true, give: { out: 2 } }]`;
    const answer = decide(compiledOf(tree), { a: 2 });
    expect(answer).not.toBeInstanceOf(Promise);
    expect(answer).toEqual({
      output: { out: 1 },
      trace: {
        decision: 'tested',
        version: '1.0.0',
        output: { out: 1 },
        branches: [{ place: 'tree.0', if: "$input.a > 1 and $input.b = 'x'" }],
      },
    });
  });

  test.each<[string, string, Json]>([
    ['Decision.InvalidInput input.a: this input is missing', `expression: { out: 1 }`, {}],
    ['Decision.InvalidInput input.a: "1" must be number', `expression: { out: 1 }`, { a: '1' }],
    ['Decision.InvalidInput input.a: NaN is no number of JSON', `expression: { out: 1 }`, { a: Number.NaN }],
    [
      'Decision.InvalidInput input.c: there is no such input; there are: a, b',
      `expression: { out: 1 }`,
      { a: 1, c: 1 },
    ],
    ['Decision.InvalidInput input: values by input belong here', `expression: { out: 1 }`, [1]],
    [
      'Decision.InvalidOutput expression.out: "t" must be number',
      `expression: { out: "{% 't' %}" }`,
      { a: 1 },
    ],
    [
      'Decision.InvalidOutput expression.out: nothing is given',
      `expression: { out: "{% $input.none %}" }`,
      { a: 1 },
    ],
    ['Decision.InvalidOutput expression: no object of outputs is given', `expression: "{% 1 %}"`, { a: 1 }],
    [
      'Decision.InvalidOutput expression.more: this is no output of the decision',
      `expression: "{% {'out': 1, 'more': 2} %}"`,
      { a: 1 },
    ],
    [
      'Decision.Failed expression.out: the expression gives a number that is too large, or a division by 0',
      `expression: { out: "{% $input.a / 0 %}" }`,
      { a: 1 },
    ],
    [
      'Decision.Failed tree.0.if: the expression gives nothing, not true or false',
      `tree: [{ if: "{% $input.none > 1 %}", give: { out: 1 } }]`,
      { a: 1 },
    ],
    [
      'Decision.Failed table.rules.0.when.b: the expression gives "x", not true or false',
      `table: { rules: [{ when: { b: "{% $value %}" }, give: { out: 1 } }] }`,
      { a: 1 },
    ],
    [
      'Decision.Conflict table.rules.2: rules 1 and 3 both hold, and the table is of the policy unique',
      `table: { rules: [{ when: { a: "> 0" }, give: { out: 1 } }, { when: { a: 7 }, give: { out: 1 } }, { when: {}, give: { out: 1 } }] }`,
      { a: 1 },
    ],
    [
      'Decision.Conflict table.rules.1: rules 1 and 2 both hold and give different outputs, and the table is of the policy any',
      `table: { hit: any, rules: [{ when: {}, give: { out: 1 } }, { when: {}, give: { out: 2 } }] }`,
      { a: 1 },
    ],
    [
      'Decision.Failed table.aggregate: the sum is no number that JSON can hold',
      `table: { hit: collect, aggregate: sum, rules: [{ when: {}, give: { out: 1.7e308 } }, { when: {}, give: { out: 1.7e308 } }] }`,
      { a: 1 },
    ],
  ])('fails with %s', async (message, form, input) => {
    expect((await failureOf(`${IO}${form}`, input)).startsWith(message)).toBe(true);
  });

  test('whose time is over says where, and holds nothing up', async () => {
    const clock = new VirtualClock(0);
    const decision = compiledOf(`${IO}expression: { out: "{% $count([1..10]) %}" }`);
    await expect(async () => decide(decision, { a: 1 }, { timeoutMs: 0, clock })).rejects.toMatchObject({
      name: 'Decision.Timeout',
      place: 'expression.out',
    });
  });

  test('evaluates an expression once, however often it stands in it', async () => {
    const slow = '{% $sum([1..1000]) + $input.a %}';
    const rules = Array.from(
      { length: 200 },
      (_, at) => `{ when: { a: "${at + 1}" }, give: { out: "${slow}" } }`,
    );
    const { trace } = await decide(
      compiledOf(
        `${IO}table: { hit: rule-order, rules: [${rules.join(', ')}, { when: {}, give: { out: "${slow}" } }] }`,
      ),
      { a: 7 },
    );
    expect(trace.output).toEqual([{ out: 500_507 }, { out: 500_507 }]);
  });

  test('reads reference data of JSON, YAML and CSV files, and tells which', async () => {
    const decision = compiledOf(
      `${IO}data: { t: { file: t.csv }, j: { file: j.json }, y: { file: y.yaml }, unread: { values: 1 } }
expression: { out: "{% $data.t[zone='b'].price + $data.j.n + $data.y[0] %}" }`,
      { 't.csv': 'zone,price,code\na,1.5,007\nb,2,\n', 'j.json': '{"n": 10}', 'y.yaml': '- 100\n' },
    );
    expect(decision.data['t']).toEqual([
      { zone: 'a', price: 1.5, code: '007' },
      { zone: 'b', price: 2, code: null },
    ]);
    const { output, trace } = await decide(decision, { a: 1 });
    expect(output).toEqual({ out: 112 });
    expect(trace.data?.toSorted()).toEqual(['j', 't', 'y']);
  });

  test('whose data cannot be read is told of at its place (SW1821)', () => {
    const { diagnostics } = libraryOf(
      { tested: `${IO}data: { t: { file: none.csv }, j: { file: bad.json } }\nexpression: { out: 1 }` },
      { 'bad.json': '{' },
    );
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'SW1821 data.t.file',
      'SW1821 data.j.file',
    ]);
  });
});

describe('decisions that go by decisions', () => {
  const LOW = `${IO}expression: { out: "{% $input.a * 2 %}" }`;

  test('ask them when they are read, with the inputs that they share or those that are said', async () => {
    const { library } = libraryOf({
      low: LOW,
      top: `inputs: { a: { type: number } }\noutputs: { out: { type: number } }
decisions: { one: { decision: low }, two: { decision: low, input: { a: "{% $one.out + 1 %}" } }, three: { decision: low } }
expression: { out: "{% $one.out + $two.out %}" }`,
    });
    const top = library.find('top');
    if (top === undefined) throw new Error('not found');
    const { output, trace } = await decide(library.compile(top), { a: 5 });
    expect(output).toEqual({ out: 32 });
    expect(Object.entries(trace.decisions ?? {}).map(([name, used]) => [name, used.output])).toEqual([
      ['one', { out: 10 }],
      ['two', { out: 22 }],
    ]);
  });

  test('are told of where one is missing, or they go in a circle (SW1822, SW1823)', () => {
    const uses = (decision: string, version = '*') =>
      `${IO}decisions: { o: { decision: ${decision}, version: "${version}" } }\nexpression: { out: "{% $o.out %}" }`;
    const { library, decisions } = libraryOf({
      a: uses('b'),
      b: uses('a'),
      c: uses('lou'),
      d: uses('low', '^2'),
      low: LOW,
    });
    const found = decisions.flatMap((decision) => library.faultsOf(decision));
    expect(found.map(({ file, code, message }) => `${file} ${code} ${message}`)).toEqual([
      'a.yaml SW1822 this decision goes by itself: a → b → a',
      'b.yaml SW1822 this decision goes by itself: b → a → b',
      'c.yaml SW1823 there is no decision "lou"',
      'd.yaml SW1823 no version of the decision "low" is in the range ^2',
    ]);
  });

  test('whose inputs wait for each other in a circle fail', async () => {
    const { library } = libraryOf({
      low: LOW,
      top: `${IO}decisions: { p: { decision: low, input: { a: "{% $q.out %}" } }, q: { decision: low, input: { a: "{% $p.out %}" } } }
expression: { out: "{% $p.out %}" }`,
    });
    const top = library.find('top');
    if (top === undefined) throw new Error('not found');
    await expect(async () => decide(library.compile(top), { a: 1 })).rejects.toMatchObject({
      name: 'Decision.TooDeep',
    });
  });
});

test('test cases of a file that do not hold are told of with what came out (SW1824)', async () => {
  const { library, decisions } = libraryOf({
    tested: `${IO}expression: { out: "{% $input.a * 2 %}" }
tests:
  - { given: { a: 1 }, expect: { out: 2 } }
  - { name: doubles, given: { a: 2 }, expect: { out: 5 } }
  - { given: { a: x }, expect: { out: 5 } }`,
  });
  const [decision] = decisions;
  if (decision === undefined) throw new Error('not found');
  const results = await runTests(library.compile(decision));
  expect(results.map(({ passed }) => passed)).toEqual([true, false, false]);
  expect(results.slice(1).map((result) => testDiagnostic(decision, result).message)).toEqual([
    '"doubles" does not hold: decided is {"out":4}, expected is {"out":5}',
    '"test 3" does not hold: Decision.InvalidInput: input.a: "x" must be number, expected is {"out":5}',
  ]);
});

test.each<[string, JsonObject, boolean]>([
  ['>= date("2026-01-31")', { d: '2026-02-01' }, true],
  ['< date and time("2026-01-31T12:00:00+02:00")', { d: '2026-01-31T09:59:59Z' }, true],
  ['< date and time("2026-01-31T12:00:00+02:00")', { d: '2026-01-31T10:00:00Z' }, false],
  ['[time("08:00:00")..time("18:00:00"))', { d: '18:00:00' }, false],
  ['[time("08:00:00")..time("18:00:00"))', { d: '08:00:00Z' }, true],
  ['> duration("P1D")', { d: 'PT25H' }, true],
  ['> duration("P1D")', { d: '23h' }, false],
  ['duration("P1Y")', { d: 'P12M' }, true],
  ['> duration("P1Y")', { d: 'P400D' }, false],
  ['> date("2026-01-31")', { d: 'tomorrow' }, false],
  ['not(date("2026-01-31"))', { d: 'tomorrow' }, true],
  ['> date("2026-01-31")', { d: '2026-02-30' }, false],
])('%s for %j is %s', async (cell, input, holds) => {
  const decision = compiledOf(
    `inputs: { d: { type: string } }\noutputs: { ok: { type: boolean } }\ntable: { rules: [{ when: { d: '${cell}' }, give: { ok: true } }] }`,
  );
  expect((await decide(decision, input)).output).toEqual(holds ? { ok: true } : null);
});
