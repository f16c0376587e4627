import { expect, test } from 'vitest';
import { checkMachine } from '#compiler/machine-rules/check-machine.ts';
import type { JsonObject } from '#core/json.ts';
import { blockOf, choice, foundIn, machineOf, map, parallel, pass, task } from '#support/machine.ts';

const LONG = 'n'.repeat(81);

/** What is wrong with machines by their states, as codes and places. */
const BROKEN: readonly (readonly [fact: string, machine: JsonObject, found: readonly string[]])[] = [
  ['has more than 1 MiB', machineOf({ a: pass({ Output: 'x'.repeat(1_048_576) }) }), ['SW1701 ']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a token of States Language
  ['has more than 1 MiB once ARNs are filled in', sized(1_048_576, '${CommandFunctionArn}'), ['SW1701 ']],
  ['counts bytes, not characters', machineOf({ a: pass({ Output: 'é'.repeat(524_288) }) }), ['SW1701 ']],
  [
    'has two states of one name, one in a branch',
    machineOf({ a: parallel([blockOf({ b: pass() })], { Next: 'b' }), b: pass() }),
    ['SW1702 States/a/Branches/0/States/b'],
  ],
  [
    'has two states of one name in two branches',
    machineOf({ a: parallel([blockOf({ b: pass() }), blockOf({ b: pass() })]) }),
    ['SW1702 States/a/Branches/1/States/b'],
  ],
  ['has a name of 81 characters', machineOf({ [LONG]: pass() }), [`SW1703 States/${LONG}`]],
  ['has an empty name', machineOf({ '': pass() }), ['SW1703 States/']],
  ['has a control character in a name', machineOf({ 'a\nb': pass() }), ['SW1703 States/a\nb']],
  ['starts nowhere', { ...machineOf({ a: pass() }), StartAt: 'b' }, ['SW1704 StartAt']],
  ['has no start', { QueryLanguage: 'JSONata', States: { a: pass() } }, ['SW1704 StartAt']],
  [
    'has an iteration without a start',
    machineOf({ a: map({ States: { b: pass() } }) }),
    ['SW1704 States/a/ItemProcessor/StartAt'],
  ],
  ['leads to no state', machineOf({ a: pass({ Next: 'b' }) }), ['SW1704 States/a/Next']],
  [
    'leads out of a branch',
    machineOf({ a: parallel([blockOf({ b: pass({ Next: 'c' }) })], { Next: 'c' }), c: pass() }),
    ['SW1704 States/a/Branches/0/States/b/Next'],
  ],
  [
    'leads into a branch',
    machineOf({ a: parallel([blockOf({ b: pass() })], { Next: 'b' }) }),
    ['SW1704 States/a/Next'],
  ],
  [
    'leads to no state from a rule, a catcher and a default',
    machineOf({
      a: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'x' }], Next: 'b' }),
      b: choice({ true: 'y' }, { Default: 'z' }),
    }),
    ['SW1704 States/a/Catch/0/Next', 'SW1704 States/b/Choices/0/Next', 'SW1704 States/b/Default'],
  ],
  ['neither ends nor goes on', machineOf({ a: { Type: 'Pass' } }), ['SW1704 States/a']],
  ['both ends and goes on', machineOf({ a: pass({ Next: 'b', End: true }), b: pass() }), ['SW1704 States/a']],
  ['has a state that nothing leads to', machineOf({ a: pass(), b: pass() }), ['SW1705 States/b']],
  [
    'has a state that only itself leads to',
    machineOf({ a: pass(), b: pass({ Next: 'b' }) }),
    ['SW1705 States/b'],
  ],
  [
    'has a state in an iteration that nothing leads to',
    machineOf({ a: map(blockOf({ b: pass(), c: pass() })) }),
    ['SW1705 States/a/ItemProcessor/States/c'],
  ],
  ['goes round for ever', machineOf({ a: pass({ Next: 'b' }), b: pass({ Next: 'a' }) }), ['SW1706 States/a']],
  [
    'goes round for ever on one of two ways',
    machineOf({ a: choice({ true: 'b' }, { Default: 'c' }), b: pass({ Next: 'b' }), c: pass() }),
    ['SW1706 States/b'],
  ],
  ['may have no way to go', machineOf({ a: choice({ '1 = 2': 'b' }), b: pass() }), ['SW1707 States/a']],
];

test.each(BROKEN)('a machine that %s is found', (_fact, machine, found) => {
  expect(foundIn(machine)).toEqual(found);
});

const SOUND: readonly (readonly [fact: string, machine: JsonObject])[] = [
  ['has exactly 1 MiB', sized(1_048_576)],
  ['has a name of 80 characters', machineOf({ [LONG.slice(1)]: pass() })],
  ['ends with Succeed', machineOf({ a: { Type: 'Succeed' } })],
  ['ends with Fail', machineOf({ a: { Type: 'Fail', Error: 'A.B', Cause: 'c' } })],
  [
    'goes round until a condition holds',
    machineOf({ a: choice({ '1 = 2': 'b' }, { Default: 'c' }), b: pass(), c: pass({ Next: 'a' }) }),
  ],
  [
    'has a choice of which the last condition always holds',
    machineOf({ a: choice({ '1 = 2': 'b', true: 'b' }), b: pass() }),
  ],
  [
    'has a choice with the condition true',
    machineOf({ a: { Type: 'Choice', Choices: [{ Condition: true, Next: 'b' }] }, b: pass() }),
  ],
  [
    'is left by a catcher alone',
    machineOf({ a: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'b' }], Next: 'a' }), b: pass() }),
  ],
];

function sized(bytes: number, begin = ''): JsonObject {
  const short = JSON.stringify(machineOf({ a: pass({ Output: begin }) })).length;
  return machineOf({ a: pass({ Output: begin + 'x'.repeat(bytes - short) }) });
}

test.each(SOUND)('a machine that %s is sound', (_fact, machine) => {
  expect(checkMachine(machine)).toEqual([]);
});
