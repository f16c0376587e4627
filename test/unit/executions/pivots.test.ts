import { afterEach, expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import type { CommandDefinition } from '#definition/command.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { precedenceOf } from '#executions/precedence.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World | undefined;
afterEach(() => {
  expect(world?.defects ?? []).toEqual([]);
  world?.[Symbol.dispose]();
  world = undefined;
});

const VERIFY = { expect: '{% $result.is %}', command: 'ask' };

function definition(name: string, more: Partial<CommandDefinition> = {}): [string, CommandDefinition] {
  const untyped = { description: undefined, parameters: undefined, result: undefined, timeoutMs: undefined };
  return [name, { name, ...untyped, idempotent: false, effect: 'reversible', ...more }];
}

const CATALOGUE = new Map([
  definition('hand', { effect: 'pivot' }),
  definition('pay', { effect: 'pivot', verify: VERIFY }),
]);

async function run(steps: string, behave: Behaviour) {
  world = await World.create({ devices: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], behave });
  const source = Source.parse('w.yaml', `stepwright: 1\nname: w\nversion: 1.0.0\nsteps:\n${steps}`);
  const { workflow, diagnostics } = readWorkflow(source, CATALOGUE);
  if (workflow === undefined) throw new Error(JSON.stringify(diagnostics));
  return world.run(compileWorkflow(workflow));
}

function answering(answers: Readonly<Record<string, 'fails' | 'silent' | 'yes' | 'no'>>): Behaviour {
  return (device, message) => {
    switch (answers[message.command]) {
      case 'fails':
        return { status: 'FAILED', error: 'Device.Rejected' };
      case 'silent':
        return undefined;
      case 'yes':
        return { status: 'SUCCEEDED', result: { is: true } };
      case 'no':
        return { status: 'SUCCEEDED', result: { is: false } };
      default:
        return OBEDIENT(device, message);
    }
  };
}

const sent = (): string[] => (world?.sent ?? []).map(({ device, message }) => `${device} ${message.command}`);
const undoable = (id: string, device: string, more = ''): string =>
  `  - { id: ${id}, command: open, device: ${device}, compensate: { command: close }${more} }\n`;

const PARCEL = `${undoable('reserve', 'a')}  - { id: hand, command: hand, device: b, timeout: 5s }\n  - { id: tell, command: break, device: c }\n`;

test('what came before a point of no return that has been passed is not undone: the execution has failed, and says what is kept', async () => {
  const view = await run(PARCEL, answering({ break: 'fails' }));
  expect(view).toMatchObject({
    status: 'FAILED',
    error: 'Device.Rejected',
    leftBehind: [
      {
        path: 'reserve',
        device: 'a',
        reason: 'PIVOT_PASSED',
        error: 'Saga.PivotPassed',
        cause: 'the point of no return, hand of hand, has been passed',
        tries: 0,
      },
    ],
  });
  expect(sent()).toEqual(['a open', 'b hand', 'c break']);
  const ports = world?.ports;
  if (ports !== undefined) {
    await expect(rollbackExecution(ports, view.id, { by: 'ada' })).rejects.toMatchObject({ code: 'SW4067' });
  }
});

test('before it has been passed, all is undone', async () => {
  const view = await run(PARCEL, answering({ hand: 'fails' }));
  expect(view).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  expect(sent()).toEqual(['a open', 'b hand', 'a close']);
});

test('one of which it is unknown is taken to have been passed', async () => {
  const view = await run(PARCEL, answering({ hand: 'silent' }));
  expect(view).toMatchObject({
    status: 'FAILED',
    leftBehind: [
      { cause: 'the point of no return, hand of hand, may have been passed: what it did is unknown' },
    ],
  });
});

test.each([
  ['yes', 'ROLLBACK_INCOMPLETE', []],
  ['no', 'ROLLED_BACK', ['a close']],
] as const)('one that can be asked about is, and says %s', async (answer, status, undone) => {
  const view = await run(PARCEL.replaceAll('hand', 'pay'), answering({ pay: 'silent', ask: answer }));
  expect(view.status).toBe(status);
  expect(sent()).toEqual(['a open', 'b pay', 'b ask', ...undone]);
});

test('what came after it, and beside it, is undone', async () => {
  const view = await run(
    `${undoable('first', 'a')}  - id: both\n    parallel:\n      left: [{ id: hand, command: hand, device: b }]\n      right:\n      ${undoable('aside', 'c').trim()}\n${undoable('after', 'b')}  - { id: last, command: break, device: c }\n`,
    answering({ break: 'fails' }),
  );
  expect(view).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ path: 'first', reason: 'PIVOT_PASSED' }],
  });
  expect(sent().filter((name) => name.includes('close'))).toEqual(['b close', 'c close']);
});

test('an item that has passed its point of no return keeps only its own', async () => {
  const view = await run(
    `  - id: each\n    forEach: "{% ['a', 'b'] %}"\n    as: device\n    maxConcurrency: 1\n    steps:\n    ${undoable('go', '"{% $device %}"').trim()}\n      - { id: broken, if: "{% $device = 'b' %}", command: break, device: c }\n      - { id: hand, command: hand, device: "{% $device %}" }\n`.replace(
      'steps:\n    - ',
      'steps:\n      - ',
    ),
    answering({ break: 'fails' }),
  );
  expect(view).toMatchObject({ status: 'ROLLBACK_INCOMPLETE', leftBehind: [{ path: 'each[0].go' }] });
  expect(sent().filter((name) => name.includes('close'))).toEqual(['b close']);
});

const cmd = (id: string, more = ''): string => `{ id: ${id}, command: c, device: d${more} }`;
const { steps } = compileText(`steps:
  - ${cmd('a')}
  - { id: both, parallel: { left: [${cmd('l1')}, ${cmd('l2')}], right: [${cmd('r')}] } }
  - { id: each, forEach: "{% [1, 2] %}", as: n, steps: [${cmd('e1')}, ${cmd('e2')}] }
  - { id: loop, while: "{% false %}", maxIterations: 3, steps: [${cmd('w')}] }
  - { id: caught, command: c, device: d, catch: [{ steps: [${cmd('handler')}] }] }
  - ${cmd('z')}
`);
const isBefore = precedenceOf(steps);

test.each([
  ['a', 'z', true],
  ['z', 'a', false],
  ['a', 'a', false],
  ['a', 'both.left.l1', true],
  ['both.left.l1', 'both.left.l2', true],
  ['both.left.l2', 'both.left.l1', false],
  ['both.left.l1', 'both.right.r', false],
  ['both.left.l1', 'each[0].e1', true],
  ['each[0].e1', 'each[0].e2', true],
  ['each[0].e1', 'each[1].e2', false],
  ['each[1].e1', 'z', true],
  ['loop[0].w', 'loop[1].w', true],
  ['loop[1].w', 'loop[0].w', false],
  ['caught', 'caught.handler', true],
  ['caught.handler', 'caught', false],
  ['nothing', 'z', false],
])('%s before %s: %s', (one, other, expected) => {
  expect(isBefore(one, other)).toBe(expected);
});
