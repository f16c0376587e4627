import { afterEach, describe, expect, test } from 'vitest';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { callsUnder } from '#executions/undo-calls.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

function failing(...names: readonly string[]): Behaviour {
  return (device, message) =>
    names.includes(message.command)
      ? { status: 'FAILED', error: 'Device.Rejected', cause: 'stuck' }
      : OBEDIENT(device, message);
}

const sent = (): string[] => world.sent.map(({ device, message }) => `${device} ${message.command}`);
const undoable = (id: string, device: string): string =>
  `{ id: ${id}, command: open-${id}, device: ${device}, compensate: { command: close-${id} } }`;

/** A world with a workflow that may be called: two commands, the second of which waits for the first. */
async function worldWith(
  behave: Behaviour,
  called = `steps: [${undoable('c1', 'b')}, ${undoable('c2', 'c')}]`,
) {
  world = await World.create({ devices: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], behave });
  await publishWorkflow(world.ports, { ...compileText(called), name: 'called' }, '');
}

const CALL = '{ id: sub, workflow: { name: called, version: 1.0.0 } }';

test('what a called workflow did is undone at the place of its step, between those around it', async () => {
  await worldWith(failing('break'));
  const view = await world.run(`
steps:
  - ${undoable('first', 'a')}
  - ${CALL}
  - ${undoable('then', 'a')}
  - { id: broken, command: break, device: a }
`);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Device.Rejected', leftBehind: [] });
  expect(sent().slice(5)).toEqual(['a close-then', 'c close-c2', 'b close-c1', 'a close-first']);
  const [call] = await callsUnder(world.ports, { execution: view.id, scope: '' });
  expect(call?.execution).toMatchObject({ status: 'ROLLED_BACK' });
});

test('a caller that has done nothing else that can be undone unwinds all the same', async () => {
  await worldWith(failing('break'));
  const view = await world.run(`steps: [${CALL}, { id: broken, command: break, device: a }]`);
  expect(view.status).toBe('ROLLED_BACK');
  expect(sent()).toEqual(['b open-c1', 'c open-c2', 'a break', 'c close-c2', 'b close-c1']);
});

test('a called workflow that runs when its caller is undone is stopped, and undone', async () => {
  await worldWith((device, message) =>
    message.command === 'open-c2' ? undefined : failing('break')(device, message),
  );
  const id = await world.start(
    `steps: [{ id: both, parallel: { left: [${CALL}], right: [{ id: pause, wait: { for: 1s } }, { id: broken, command: break, device: a }] } }]`,
  );
  await world.until(() => sent().includes('a break'));
  await world.quiet();
  const silent = world.sent.find(({ message }) => message.command === 'open-c2')?.message.id ?? '';
  await world.answer('c', { id: silent, status: 'SUCCEEDED' });
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(sent().slice(3)).toEqual(['c close-c2', 'b close-c1']);
});

test('a called workflow that cannot be undone makes the rollback of its caller incomplete, which names its devices', async () => {
  await worldWith(failing('break', 'close-c1'));
  const text = `steps: [${undoable('first', 'a')}, ${CALL}, { id: broken, command: break, device: a }]`;
  const view = await world.run(text);
  const [call] = await callsUnder(world.ports, { execution: view.id, scope: '' });
  expect(view).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [
      {
        path: 'c1',
        device: 'b',
        execution: call?.execution.id,
        reason: 'UNDO_FAILED',
        error: 'Device.Rejected',
      },
    ],
  });
  expect(sent()).toContain('a close-first');

  world.behave = OBEDIENT;
  const before = sent().length;
  await rollbackExecution(world.ports, view.id, { by: 'ada' });
  expect(await world.settle(view.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  expect(sent().slice(before)).toEqual(['b close-c1']);
});

test('calls are undone through any number of workflows', async () => {
  await worldWith(failing('break'));
  const middle = { ...compileText(`steps: [${CALL}, ${undoable('m', 'a')}]`), name: 'middle' };
  await publishWorkflow(world.ports, middle, '');
  const view = await world.run(
    'steps: [{ id: sub, workflow: { name: middle, version: 1.0.0 } }, { id: broken, command: break, device: a }]',
  );
  expect(view.status).toBe('ROLLED_BACK');
  expect(sent().slice(4)).toEqual(['a close-m', 'c close-c2', 'b close-c1']);
});

test('what is not waited for is its own', async () => {
  await worldWith(failing('break'));
  const view = await world.run(
    'steps: [{ id: sub, workflow: { name: called, version: 1.0.0, await: false } }, { id: pause, wait: { for: 1s } }, { id: broken, command: break, device: a }]',
  );
  expect(view.status).toBe('FAILED');
  expect(sent()).toEqual(['b open-c1', 'c open-c2', 'a break']);
});

test('a called workflow that has nothing to undo leaves its caller as it was', async () => {
  await worldWith(failing('break'), 'steps: [{ id: c1, command: look, device: b }]');
  expect(await world.run(`steps: [${CALL}, { id: broken, command: break, device: a }]`)).toMatchObject({
    status: 'FAILED',
  });
});

test('a failed iteration undoes what it has called, and the others keep it', async () => {
  await worldWith(
    (device, message) =>
      device === 'b' && message.command === 'break'
        ? failing('break')(device, message)
        : OBEDIENT(device, message),
    `input: { type: object, properties: { device: { type: string } } }\nsteps: [{ id: c1, command: open, device: "{% $input.device %}", compensate: { command: close } }]`,
  );
  const view = await world.run(`
steps:
  - id: each
    forEach: "{% ['a', 'b'] %}"
    as: device
    maxConcurrency: 1
    tolerate: { count: 1 }
    steps:
      - { id: sub, workflow: { name: called, version: 1.0.0, input: { device: "{% $device %}" } } }
      - { id: broken, command: break, device: "{% $device %}" }
`);
  expect(view.status).toBe('SUCCEEDED');
  expect(sent()).toEqual(['a open', 'a break', 'b open', 'b break', 'b close']);
});

describe('a step that says how what it called is undone', () => {
  const UNDO =
    '{ workflow: { name: cancel, version: 1.0.0, input: { booking: "{% $result.booking %}", site: "{% $input.site %}" } } }';
  const COMPENSATED = `{ id: sub, workflow: { name: called, version: 1.0.0 }, compensate: ${UNDO} }`;
  const SAGA = `
input: { type: object, properties: { site: { type: string } } }
steps: [${undoable('first', 'a')}, ${COMPENSATED}, ${undoable('then', 'a')}, { id: broken, command: break, device: a }]`;

  async function worldOfBookings(behave: Behaviour): Promise<void> {
    await worldWith(behave, `steps: [${undoable('c1', 'b')}]\noutput: { booking: 7 }`);
    const cancel =
      'input: { type: object }\nsteps: [{ id: free, command: free, device: c, with: { booking: "{% $input.booking %}", site: "{% $input.site %}" } }]';
    await publishWorkflow(world.ports, { ...compileText(cancel), name: 'cancel' }, '');
  }

  test('has that done in its place, with what was called has given, and none of its steps undone', async () => {
    await worldOfBookings(failing('break'));
    const view = await world.run(SAGA, { site: 'north' });
    expect(view).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
    expect(sent().slice(4)).toEqual(['a close-then', 'c free', 'a close-first']);
    expect(world.sent.at(-2)?.message.with).toEqual({ booking: 7, site: 'north' });
    expect(view.steps.find(({ path }) => path === 'sub')).toMatchObject({ status: 'COMPENSATED' });
  });

  test('is told as left behind where that fails, and an operator has it tried again', async () => {
    await worldOfBookings(failing('break', 'free'));
    const view = await world.run(SAGA, { site: 'north' });
    expect(view).toMatchObject({
      status: 'ROLLBACK_INCOMPLETE',
      leftBehind: [{ path: 'sub', workflow: 'called', reason: 'UNDO_FAILED', error: 'Device.Rejected' }],
    });
    expect(view.steps.find(({ path }) => path === 'sub')).toMatchObject({ status: 'COMPENSATION_FAILED' });
    expect(sent()).toContain('a close-first');

    world.behave = OBEDIENT;
    await rollbackExecution(world.ports, view.id, { by: 'ada' });
    expect(await world.settle(view.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
    expect(sent().at(-1)).toBe('c free');
  });

  test('leaves it to the called workflow to undo itself when that has failed', async () => {
    await worldWith(failing('open-c2'));
    await publishWorkflow(
      world.ports,
      { ...compileText('steps: [{ id: no, fail: { error: No } }]'), name: 'cancel' },
      '',
    );
    const view = await world.run(`steps: [${COMPENSATED.replace('$input.site', "'here'")}]`);
    expect(view).toMatchObject({ status: 'FAILED' });
    expect(sent()).toEqual(['b open-c1', 'c open-c2', 'b close-c1']);
  });

  test('has to wait for it', () => {
    const call = COMPENSATED.replace('version: 1.0.0 }', 'version: 1.0.0, await: false }');
    expect(() => compileText(`steps: [${call}]`)).toThrow(/undoes what is waited for, and `await` is false/);
  });

  test('reports an input that the workflow does not take', async () => {
    await worldOfBookings(failing('break'));
    const strict =
      'input: { type: object, required: [key] }\nsteps: [{ id: free, command: free, device: c }]';
    await publishWorkflow(world.ports, { ...compileText(strict), name: 'strict' }, '');
    const view = await world.run(SAGA.replaceAll('name: cancel', 'name: strict'), { site: 'north' });
    expect(view).toMatchObject({
      status: 'ROLLBACK_INCOMPLETE',
      leftBehind: [{ path: 'sub', error: 'Workflow.InvalidInput' }],
    });
  });
});

test('the undo of a called workflow is asked for again when the call for it has failed itself', async () => {
  let failures = 0;
  world = await World.create({
    devices: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
    behave: failing('break'),
    task: (token, called) => async (payload, context) => {
      const isUndo = token === MACHINE_TOKENS.unwind && JSON.stringify(payload).includes('undo-workflow');
      if (isUndo && failures++ < 2)
        throw new RuntimeError('Lambda.TooManyRequestsException', 'Rate Exceeded');
      return called(payload, context);
    },
  });
  await publishWorkflow(
    world.ports,
    { ...compileText(`steps: [${undoable('c1', 'b')}]`), name: 'called' },
    '',
  );
  const view = await world.run(`steps: [${CALL}, { id: broken, command: break, device: a }]`);
  expect(view).toMatchObject({ status: 'ROLLED_BACK' });
});
