import { evaluate as feelOf } from 'feelin';
import { describe, expect, test } from 'vitest';
import { type Scope, translateFeel, Untranslatable } from '#definition/dmn/feel.ts';
import { readExpression } from '#expression/delimiters.ts';
import { evaluate } from '#expression/evaluate.ts';

function value(text: string, kind: 'number' | 'string' | 'boolean') {
  return { kind: 'value', text, type: { kind }, isNullable: true } as const;
}

const LOAN = { kind: 'context', fields: new Map([['rate', { kind: 'number' }]] as const) } as const;
type Entry = Scope extends ReadonlyMap<string, infer Known> ? Known : never;

const SCOPE: Scope = new Map<string, Entry>([
  ['a', value('$input.a', 'number')],
  ['Monthly Salary', value('$input.salary', 'number')],
  ['name', value('$input.name', 'string')],
  ['p', value('$input.p', 'boolean')],
  ['q', value('$input.q', 'boolean')],
  ['Loan', { kind: 'value', text: '$input.loan', type: LOAN, isNullable: true }],
  ['double', { kind: 'function', parameters: ['n'], body: 'n * 2', scope: new Map() }],
]);

async function translated(text: string, input: Readonly<Record<string, unknown>>) {
  const { value: found } = translateFeel(text, SCOPE);
  const expression = typeof found === 'string' ? readExpression(found) : undefined;
  return expression === undefined
    ? found
    : evaluate(expression.text, { bindings: { input: JSON.parse(JSON.stringify(input)) } });
}

const INPUTS = [
  { a: 3, salary: 10, name: 'x', p: true, q: false, loan: { rate: 2 } },
  { a: 0, salary: -4.5, name: '', p: false, q: null, loan: { rate: null } },
  { a: null, salary: null, name: null, p: null, q: true, loan: null },
  { a: 1, salary: 1, name: 'pump', p: null, q: null, loan: {} },
];

describe.each([
  ...['1 + 2 * 3', '-10--5', '5+2**5+3', '10**-5', '.872', '(10+20)/0', '10 + null', '(1 - 2) - (3 - 4)'],
  ...['12 * Monthly Salary', 'a / Monthly Salary', 'Monthly Salary / a', '-a', 'Loan.rate * a', 'Loan.rate'],
  ...[
    'a < 3',
    'a = 3',
    'a != null',
    'a = null',
    'Loan.rate = null',
    'a between 1 and 3',
    '"a" + name',
    'name = "pump"',
  ],
  ...['p and q', 'p or q', 'not(p)', 'p and null', 'a > 1 and Monthly Salary > 2', 'not(a > 1) or p'],
  ...['if a > 1 then "big" else "small"', 'if p then a else null', 'if p and q then 1 else 2'],
  ...[
    'string length(name)',
    'upper case(name)',
    'abs(Monthly Salary)',
    'floor(Monthly Salary)',
    'ceiling(Monthly Salary)',
  ],
  ...['double(a) + 1', '[a, 1]', '"横綱"', 'true', 'null', 'a instance of number'],
])('%s', (text) => {
  test.each(INPUTS)('gives what FEEL does for %j', async (input) => {
    const { loan, salary, ...others } = input;
    const names = {
      ...others,
      'Monthly Salary': salary,
      Loan: loan,
      double: (n: number | null) => (n === null ? null : n * 2),
    };
    const { value: expected } = feelOf(text, names);
    // JSON has no negative zero.
    expect(await translated(text, input)).toEqual(expected === 0 ? 0 : expected);
  });
});

test.each([
  ['5 +', 'this is no FEEL: 5 +', 3],
  ['b', 'there is no "b" here', 0],
  ['1 + name', 'a number belongs here, not string', 0],
  ['a = name', 'number and string do not compare', 0],
  ['Loan.term', '"term" is no part of Loan', 5],
  ['some x in [1] satisfies x > 0', 'this has no translation to JSONata: some x in [1] satisfies x > 0', 0],
  ['sum(a)', 'the function sum has no translation to JSONata', 0],
  ['double()', 'double takes 1: n', 0],
  ['('.repeat(100) + 1 + ')'.repeat(100), 'an expression more than 60 deep', 59],
])('%.40s is refused', (text, message, offset) => {
  const thrown = (() => {
    try {
      return translateFeel(text, SCOPE);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(Untranslatable);
  expect(thrown).toMatchObject({ message, offset });
});
