import { expect, test } from 'vitest';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import type { JsonObject } from '#core/json.ts';
import { blockOf, choice, foundIn, machineOf, map, parallel, pass, task } from '#support/machine.ts';

const DISTRIBUTED = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };

function retrying(retrier: JsonObject): JsonObject {
  return machineOf({ a: task({ Retry: [{ ErrorEquals: ['States.ALL'], ...retrier }] }) });
}

function catching(...lists: readonly unknown[]): JsonObject {
  const catchers = lists.map((errors) => ({ ErrorEquals: JSON.parse(JSON.stringify(errors)), Next: 'b' }));
  return machineOf({ a: task({ Catch: catchers, Next: 'b' }), b: pass() });
}

/** What is wrong with machines by the fields and texts of their states, as codes and places. */
const BROKEN: readonly (readonly [fact: string, machine: JsonObject, found: readonly string[]])[] = [
  [
    'falls back on a value by ??',
    machineOf({ a: pass({ Output: '{% $states.input.x ?? 1 %}' }) }),
    ['SW1718 States/a/Output'],
  ],
  [
    'falls back on values by ?: in a function',
    machineOf({ a: pass({ Output: '{% $map([1], function($v) { $v?:2?:3 }) %}' }) }),
    ['SW1718 States/a/Output'],
  ],
  [
    'reads a result where there is none yet',
    machineOf({ a: task({ Arguments: '{% $states.result %}' }) }),
    ['SW1716 States/a/Arguments'],
  ],
  [
    'reads a result of a state that has none',
    machineOf({ a: pass({ Output: '{% $states.result %}' }) }),
    ['SW1716 States/a/Output'],
  ],
  [
    'reads an error outside of a catcher',
    machineOf({ a: task({ Output: '{% $states.errorOutput %}' }) }),
    ['SW1716 States/a/Output'],
  ],
  [
    'reads a result in a catcher',
    machineOf({
      a: task({
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.result %}', Next: 'b' }],
        Next: 'b',
      }),
      b: pass(),
    }),
    ['SW1716 States/a/Catch/0/Output'],
  ],
  [
    'reads a field that $states has not',
    machineOf({ a: pass({ Output: '{% $states.inputs %}' }) }),
    ['SW1716 States/a/Output'],
  ],
  ['reads a bare name', machineOf({ a: pass({ Output: '{% phone %}' }) }), ['SW1716 States/a/Output']],
  ['reads the root', machineOf({ a: pass({ Output: '{% $$.phone %}' }) }), ['SW1716 States/a/Output']],
  [
    'has an expression that does not parse',
    machineOf({ a: pass({ Output: '{% 1 + %}' }) }),
    ['SW1717 States/a/Output'],
  ],
  [
    'has an expression with a space before it',
    machineOf({ a: pass({ Output: ' {% 1 %}' }) }),
    ['SW1717 States/a/Output'],
  ],
  [
    'has an expression with a space behind it',
    machineOf({ a: pass({ Output: '{% 1 %} ' }) }),
    ['SW1717 States/a/Output'],
  ],
  [
    'has an expression that begins and does not end',
    machineOf({ a: pass({ Output: ['{% 1'] }) }),
    ['SW1717 States/a/Output/0'],
  ],
  [
    'has an expression that ends and does not begin',
    machineOf({ a: pass({ Output: { x: '1 %}' } }) }),
    ['SW1717 States/a/Output/x'],
  ],
  [
    'has a condition that does not parse',
    machineOf({ a: choice({ '1 =': 'b' }, { Default: 'b' }), b: pass() }),
    ['SW1717 States/a/Choices/0/Condition'],
  ],
  ['is in JSONPath', { ...machineOf({ a: pass() }), QueryLanguage: 'JSONPath' }, ['SW1721 QueryLanguage']],
  [
    'has a state in JSONPath',
    machineOf({ a: pass({ QueryLanguage: 'JSONPath' }) }),
    ['SW1721 States/a/QueryLanguage'],
  ],
  [
    'gives a branch a query language',
    machineOf({ a: parallel([{ ...blockOf({ b: pass() }), QueryLanguage: 'JSONata' }]) }),
    ['SW1721 States/a/Branches/0/QueryLanguage'],
  ],
  ['has a type that is none', machineOf({ a: { Type: 'Tusk', End: true } }), ['SW1721 States/a/Type']],
  [
    'has a type by the name of a method',
    machineOf({ a: { Type: 'toString', End: true } }),
    ['SW1721 States/a/Type'],
  ],
  ['has no type', machineOf({ a: { End: true } }), ['SW1721 States/a/Type']],
  [
    'has fields of JSONPath',
    machineOf({ a: task({ Parameters: {}, ResultPath: '$' }) }),
    ['SW1721 States/a/Parameters', 'SW1721 States/a/ResultPath'],
  ],
  ['tries a Pass again', machineOf({ a: pass({ Retry: [] }) }), ['SW1721 States/a/Retry']],
  [
    'gives a Parallel a timeout',
    machineOf({ a: parallel([blockOf({ b: pass() })], { TimeoutSeconds: 1 }) }),
    ['SW1721 States/a/TimeoutSeconds'],
  ],
  ['assigns in a Succeed', machineOf({ a: { Type: 'Succeed', Assign: {} } }), ['SW1721 States/a/Assign']],
  [
    'batches the items of an inline Map',
    machineOf({ a: map(blockOf({ b: pass() }), { ItemBatcher: { MaxItemsPerBatch: 2 } }) }),
    ['SW1721 States/a/ItemBatcher'],
  ],
  ['calls nothing', machineOf({ a: { Type: 'Task', End: true } }), ['SW1721 States/a']],
  ['waits for nothing', machineOf({ a: { Type: 'Wait', End: true } }), ['SW1721 States/a']],
  [
    'waits for two things',
    machineOf({ a: { Type: 'Wait', Seconds: 1, Timestamp: 'x', End: true } }),
    ['SW1721 States/a/Timestamp'],
  ],
  ['has a Parallel of no branches', machineOf({ a: parallel([]) }), ['SW1721 States/a']],
  ['has a Map without an iteration', machineOf({ a: { Type: 'Map', End: true } }), ['SW1721 States/a']],
  [
    'has a Choice without rules',
    machineOf({ a: { Type: 'Choice', Choices: [], Default: 'b' }, b: pass() }),
    ['SW1721 States/a'],
  ],
  ['has a timeout of 0', { ...machineOf({ a: pass() }), TimeoutSeconds: 0 }, ['SW1722 TimeoutSeconds']],
  [
    'has a task with a timeout of 0',
    machineOf({ a: task({ TimeoutSeconds: 0 }) }),
    ['SW1722 States/a/TimeoutSeconds'],
  ],
  [
    'has a timeout of half a second',
    machineOf({ a: task({ TimeoutSeconds: 0.5 }) }),
    ['SW1722 States/a/TimeoutSeconds'],
  ],
  [
    'has a timeout of more than three years',
    machineOf({ a: task({ TimeoutSeconds: 100_000_000 }) }),
    ['SW1722 States/a/TimeoutSeconds'],
  ],
  [
    'has a heartbeat as long as its timeout',
    machineOf({ a: task({ HeartbeatSeconds: 5, TimeoutSeconds: 5 }) }),
    ['SW1722 States/a/HeartbeatSeconds'],
  ],
  [
    'waits a negative time',
    machineOf({ a: { Type: 'Wait', Seconds: -1, End: true } }),
    ['SW1722 States/a/Seconds'],
  ],
  [
    'runs a negative number of iterations at once',
    machineOf({ a: map(blockOf({ b: pass() }), { MaxConcurrency: -1 }) }),
    ['SW1722 States/a/MaxConcurrency'],
  ],
  [
    'tolerates more than all, and batches nothing',
    machineOf({
      a: map(
        { ...DISTRIBUTED, ...blockOf({ b: pass() }) },
        {
          ToleratedFailurePercentage: 101,
          ItemBatcher: { MaxItemsPerBatch: 0, MaxInputBytesPerBatch: 262_145 },
        },
      ),
    }),
    [
      'SW1722 States/a/ItemBatcher/MaxInputBytesPerBatch',
      'SW1722 States/a/ItemBatcher/MaxItemsPerBatch',
      'SW1722 States/a/ToleratedFailurePercentage',
    ],
  ],
  ['tries again at once', retrying({ IntervalSeconds: 0 }), ['SW1722 States/a/Retry/0/IntervalSeconds']],
  ['tries again too often', retrying({ MaxAttempts: 100_000_000 }), ['SW1722 States/a/Retry/0/MaxAttempts']],
  ['tries again ever faster', retrying({ BackoffRate: 0.9 }), ['SW1722 States/a/Retry/0/BackoffRate']],
  [
    'waits a year between tries',
    retrying({ MaxDelaySeconds: 31_622_400 }),
    ['SW1722 States/a/Retry/0/MaxDelaySeconds'],
  ],
  [
    'waits at most as long as at first',
    retrying({ IntervalSeconds: 5, MaxDelaySeconds: 5 }),
    ['SW1722 States/a/Retry/0/IntervalSeconds'],
  ],
  [
    'has a list for a number',
    machineOf({ a: task({ TimeoutSeconds: [1] }) }),
    ['SW1722 States/a/TimeoutSeconds'],
  ],
  ['catches nothing', catching([]), ['SW1723 States/a/Catch/0/ErrorEquals']],
  ['catches what is no name', catching([1]), ['SW1723 States/a/Catch/0/ErrorEquals']],
  ['catches by a text', catching('States.ALL'), ['SW1723 States/a/Catch/0/ErrorEquals']],
  [
    'catches all errors and one more',
    catching(['States.ALL', 'A.B']),
    ['SW1723 States/a/Catch/0/ErrorEquals'],
  ],
  ['catches all errors first', catching(['States.ALL'], ['A.B']), ['SW1723 States/a/Catch/0/ErrorEquals']],
  [
    'tries all errors again first',
    machineOf({ a: task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A.B'] }] }) }),
    ['SW1723 States/a/Retry/0/ErrorEquals'],
  ],
];

test.each(BROKEN)('a machine that %s is found', (_fact, machine, found) => {
  expect(foundIn(machine)).toEqual(found);
});

const SOUND: readonly (readonly [fact: string, machine: JsonObject])[] = [
  [
    'reads its result where there is one',
    machineOf({
      a: task({ Assign: { x: '{% $states.result.id %}' }, Output: '{% $states.result %}', Next: 'b' }),
      b: map(blockOf({ c: pass() }), { Output: '{% $states.result[0] %}' }),
    }),
  ],
  [
    'reads an error in a catcher',
    machineOf({
      a: task({
        Catch: [{ ErrorEquals: ['A.B'], Output: '{% $states.errorOutput.Error %}', Next: 'b' }],
        Next: 'b',
      }),
      b: pass(),
    }),
  ],
  [
    'reads fields of what it filters',
    machineOf({ a: pass({ Output: '{% $states.input.items[value > 3].name %}' }) }),
  ],
  ['has $$ in a text of an expression', machineOf({ a: pass({ Output: '{% \'a$$b\' & "c$$d" %}' }) })],
  [
    'has ?? and ?: in texts and patterns alone',
    machineOf({ a: pass({ Output: "{% $match('a??b', /(?:a)/) ? 'x?:y' : 2 %}" }) }),
  ],
  ['has a text that is no expression', machineOf({ a: pass({ Output: 'x {% y %} z' }) })],
  ['has an expression for a number', machineOf({ a: task({ TimeoutSeconds: '{% 1 + 1 %}' }) })],
  [
    'says of its states that they are in JSONata',
    machineOf({ a: pass({ QueryLanguage: 'JSONata', Comment: '{% no expression' }) }),
  ],
  ['waits no time', machineOf({ a: { Type: 'Wait', Seconds: 0, End: true } })],
  [
    'reads and batches the items of child executions',
    machineOf({
      a: map(
        { ...DISTRIBUTED, ...blockOf({ b: pass() }) },
        {
          ItemBatcher: { MaxItemsPerBatch: 2 },
          ToleratedFailurePercentage: 12.5,
          ToleratedFailureCount: 0,
          Label: 'x',
        },
      ),
    }),
  ],
  [
    'tries again as slowly as it may',
    retrying({
      IntervalSeconds: 31_622_398,
      MaxAttempts: 99_999_999,
      BackoffRate: 1,
      MaxDelaySeconds: 31_622_399,
    }),
  ],
  ['catches all errors last', catching(['A.B', 'A.C'], ['States.ALL'])],
];

test.each(SOUND)('a machine that %s is sound', (_fact, machine) => {
  expect(checkMachine(machine)).toEqual([]);
});

test.each<JsonObject>([
  { QueryLanguage: 'JSONata' },
  { QueryLanguage: 'JSONata', StartAt: 1, States: [] },
  { QueryLanguage: 'JSONata', StartAt: 'a', States: { a: null } },
  machineOf({ a: parallel([]), b: { Type: 'Parallel', Branches: 'x', Catch: {}, Choices: [1], End: true } }),
])('%j is looked at without a crash', (machine) => {
  expect(checkMachine(machine).length).toBeGreaterThan(0);
});
