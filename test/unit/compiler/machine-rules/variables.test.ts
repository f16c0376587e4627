import { expect, test } from 'vitest';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import type { JsonObject } from '#core/json.ts';
import { blockOf, choice, foundIn, machineOf, map, parallel, pass, task } from '#support/machine.ts';

const LONG = 'v'.repeat(81);

/** What is wrong with machines by their variables, as codes and places. */
const BROKEN: readonly (readonly [fact: string, machine: JsonObject, found: readonly string[]])[] = [
  ['assigns "states"', machineOf({ a: pass({ Assign: { states: 1 } }) }), ['SW1711 States/a/Assign/states']],
  ['assigns a name with a $', machineOf({ a: pass({ Assign: { $x: 1 } }) }), ['SW1711 States/a/Assign/$x']],
  [
    'assigns a part of a variable',
    machineOf({ a: pass({ Assign: { 'x.y': 1 } }) }),
    ['SW1711 States/a/Assign/x.y'],
  ],
  [
    'assigns a name that begins with a digit',
    machineOf({ a: pass({ Assign: { '1x': 1 } }) }),
    ['SW1711 States/a/Assign/1x'],
  ],
  [
    'assigns a name of 81 characters',
    machineOf({ a: pass({ Assign: { [LONG]: 1 } }) }),
    [`SW1711 States/a/Assign/${LONG}`],
  ],
  [
    'assigns wrong names in a catcher and in a rule',
    machineOf({
      a: task({ Catch: [{ ErrorEquals: ['States.ALL'], Assign: { 'a b': 1 }, Next: 'b' }], Next: 'b' }),
      b: { Type: 'Choice', Choices: [{ Condition: true, Assign: { '': 1 }, Next: 'c' }], Default: 'c' },
      c: pass(),
    }),
    ['SW1711 States/a/Catch/0/Assign/a b', 'SW1711 States/b/Choices/0/Assign/'],
  ],
  [
    'assigns in a branch what the machine assigns',
    machineOf({
      a: pass({ Assign: { x: 1 }, Next: 'b' }),
      b: parallel([blockOf({ c: pass({ Assign: { x: 2 } }) })]),
    }),
    ['SW1712 States/b/Branches/0/States/c/Assign/x'],
  ],
  [
    'assigns in an iteration what a later state assigns',
    machineOf({
      a: map(blockOf({ b: pass({ Assign: { x: 2 } }) }), { Next: 'c' }),
      c: pass({ Assign: { x: 1 } }),
    }),
    ['SW1712 States/a/ItemProcessor/States/b/Assign/x'],
  ],
  [
    'assigns two levels down what the machine assigns in a catcher',
    machineOf({
      a: map(blockOf({ b: parallel([blockOf({ c: pass({ Assign: { x: 2 } }) })]) }), {
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { x: 1 }, Next: 'd' }],
        Next: 'd',
      }),
      d: pass(),
    }),
    ['SW1712 States/a/ItemProcessor/States/b/Branches/0/States/c/Assign/x'],
  ],
  ['reads what nothing assigns', machineOf({ a: pass({ Output: '{% $x %}' }) }), ['SW1713 States/a/Output']],
  [
    'calls a function that there is not',
    machineOf({ a: pass({ Output: '{% $eval("1") %}' }) }),
    ['SW1713 States/a/Output'],
  ],
  [
    'reads after a branch what the branch assigns',
    machineOf({
      a: parallel([blockOf({ b: pass({ Assign: { x: 1 } }) })], { Next: 'c' }),
      c: pass({ Output: '{% $x %}' }),
    }),
    ['SW1713 States/c/Output'],
  ],
  [
    'reads in a branch what the other assigns',
    machineOf({
      a: parallel([blockOf({ b: pass({ Assign: { x: 1 } }) }), blockOf({ c: pass({ Output: '{% $x %}' }) })]),
    }),
    ['SW1713 States/a/Branches/1/States/c/Output'],
  ],
  [
    'reads in child executions what is around them',
    machineOf({
      a: pass({ Assign: { x: 1 }, Next: 'b' }),
      b: map({
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...blockOf({ c: pass({ Output: '{% $x %}' }) }),
      }),
    }),
    ['SW1713 States/b/ItemProcessor/States/c/Output'],
  ],
  [
    'reads in a state what it assigns itself',
    machineOf({ a: pass({ Assign: { x: 1 }, Output: '{% $x %}' }) }),
    ['SW1714 States/a/Output'],
  ],
  [
    'assigns one variable from another that it assigns',
    machineOf({ a: pass({ Assign: { x: 3, y: '{% $x + 1 %}' } }) }),
    ['SW1714 States/a/Assign/y'],
  ],
  [
    'reads what only a later state assigns',
    machineOf({ a: task({ Arguments: { x: ['{% $x.id %}'] }, Next: 'b' }), b: pass({ Assign: { x: 1 } }) }),
    ['SW1714 States/a/Arguments/x/0'],
  ],
  [
    'reads in a branch what its Parallel assigns when it ends',
    machineOf({
      a: parallel([blockOf({ b: pass({ Output: '{% $x %}' }) })], { Assign: { x: 1 }, Next: 'c' }),
      c: pass(),
    }),
    ['SW1714 States/a/Branches/0/States/b/Output'],
  ],
  [
    'reads on one way what is assigned on the other',
    machineOf({
      a: choice({ '1 = 2': 'b' }, { Default: 'c' }),
      b: pass({ Assign: { x: 1 } }),
      c: pass({ Output: '{% $x %}' }),
    }),
    ['SW1714 States/c/Output'],
  ],
  [
    'reads where two ways meet what one of them assigns',
    machineOf({
      a: choice({ '1 = 2': 'b' }, { Default: 'c' }),
      b: pass({ Assign: { x: 1 }, Next: 'c' }),
      c: pass({ Output: { deep: ['{% $x.y %}'] } }),
    }),
    ['SW1715 States/c/Output/deep/0'],
  ],
  [
    'reads in a branch what one way to it assigns',
    machineOf({
      a: choice({ '1 = 2': 'b' }, { Default: 'c' }),
      b: pass({ Assign: { x: 1 }, Next: 'c' }),
      c: parallel([blockOf({ d: pass({ Output: '{% $x %}' }) })]),
    }),
    ['SW1715 States/c/Branches/0/States/d/Output'],
  ],
  [
    'reads after a catcher what the state would have assigned',
    machineOf({
      a: task({ Assign: { x: 1 }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'b' }], Next: 'b' }),
      b: pass({ Output: '{% $x %}' }),
    }),
    ['SW1715 States/b/Output'],
  ],
  [
    'asks for another variable than the one it reads',
    machineOf({
      a: choice({ '1 = 2': 'b', '1 = 3': 'c' }, { Default: 'd' }),
      b: pass({ Assign: { x: 1 }, Next: 'd' }),
      c: pass({ Assign: { y: 1 }, Next: 'd' }),
      d: choice({ '$exists($y)': 'e' }, { Default: 'e' }),
      e: pass({ Output: '{% $exists($y) ? $x : 0 + $x %}' }),
    }),
    ['SW1715 States/e/Output'],
  ],
  [
    'reads in a state that nothing leads to',
    machineOf({ a: pass({ Assign: { x: 1 } }), b: pass({ Output: '{% $x %}' }) }),
    ['SW1705 States/b'],
  ],
  [
    'reads inside of a state that nothing leads to',
    machineOf({ a: pass({ Assign: { x: 1 } }), b: parallel([blockOf({ c: pass({ Output: '{% $x %}' }) })]) }),
    ['SW1705 States/b'],
  ],
  [
    'reads in child executions what only a later state of theirs assigns',
    machineOf({
      a: map({
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...blockOf({ b: pass({ Output: '{% $x %}', Next: 'c' }), c: pass({ Assign: { x: 1 } }) }),
      }),
    }),
    ['SW1714 States/a/ItemProcessor/States/b/Output'],
  ],
];

test.each(BROKEN)('a machine that %s is found', (_fact, machine, found) => {
  expect(foundIn(machine)).toEqual(found);
});

/** The way to `read` on which `x` is assigned, and one on which it is not. */
function perhaps(read: Readonly<Record<string, JsonObject>>): JsonObject {
  const [first = ''] = Object.keys(read);
  return machineOf({
    a: choice({ '1 = 2': 'b' }, { Default: first }),
    b: pass({ Assign: { x: 1 }, Next: first }),
    ...read,
  });
}

const SOUND: readonly (readonly [fact: string, machine: JsonObject])[] = [
  ['assigns a name of 80 characters', machineOf({ a: pass({ Assign: { [LONG.slice(1)]: 1 } }) })],
  ['assigns names in any script', machineOf({ a: pass({ Assign: { größe: 1, _x: 2, 変数: 3 } }) })],
  [
    'assigns the same name in two branches',
    machineOf({
      a: parallel([blockOf({ b: pass({ Assign: { x: 1 } }) }), blockOf({ c: pass({ Assign: { x: 1 } }) })]),
    }),
  ],
  [
    'assigns in child executions what is assigned around them',
    machineOf({
      a: pass({ Assign: { x: 1 }, Next: 'b' }),
      b: map({
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...blockOf({ c: pass({ Assign: { x: 1 } }) }),
      }),
    }),
  ],
  [
    'reads in a branch what is around it',
    machineOf({
      a: pass({ Assign: { x: 1 }, Next: 'b' }),
      b: parallel([blockOf({ c: pass({ Output: '{% $x %}' }) })]),
    }),
  ],
  [
    'reads what a loop brings back',
    machineOf({
      a: choice({ '$exists($x)': 'b' }, { Default: 'c' }),
      b: pass({ Output: '{% $x %}' }),
      c: pass({ Assign: { x: 1 }, Next: 'a' }),
    }),
  ],
  [
    'reads what every way assigns',
    machineOf({
      a: choice({ '1 = 2': 'b' }, { Default: 'c' }),
      b: pass({ Assign: { x: 1 }, Next: 'd' }),
      c: pass({ Assign: { x: 2 }, Next: 'd' }),
      d: pass({ Output: '{% $x %}' }),
    }),
  ],
  [
    'reads what a rule and a default assign',
    machineOf({
      a: {
        Type: 'Choice',
        Choices: [{ Condition: '{% 1 = 2 %}', Assign: { x: 1 }, Next: 'b' }],
        Assign: { x: 2 },
        Default: 'b',
      },
      b: pass({ Output: '{% $x %}' }),
    }),
  ],
  ['asks whether there is what it reads', perhaps({ c: pass({ Output: '{% $exists($x) ? $x : null %}' }) })],
  [
    'reads behind a condition that holds with it alone',
    perhaps({
      c: choice({ '$exists($x) and 1 = 1': 'd' }, { Default: 'e' }),
      d: pass({ Output: '{% $x %}' }),
      e: pass(),
    }),
  ],
  [
    'reads behind a condition that would have gone another way',
    perhaps({
      c: choice({ '$not($exists($x))': 'e' }, { Default: 'd' }),
      d: pass({ Output: '{% $x %}' }),
      e: pass(),
    }),
  ],
  ['puts what may be missing into an object', perhaps({ c: pass({ Output: "{% { 'x': $x } %}" }) })],
  ['names a variable of its own', machineOf({ a: pass({ Output: '{% ( $x := 1; $x ) %}' }) })],
  [
    'calls a function of its own',
    machineOf({ a: pass({ Output: '{% ( $f := function($v) { $v }; $f(1) ) %}' }) }),
  ],
];

test.each(SOUND)('a machine that %s is sound', (_fact, machine) => {
  expect(checkMachine(machine)).toEqual([]);
});
