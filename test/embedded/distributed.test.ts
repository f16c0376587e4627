import { describe, expect, test } from 'vitest';
import type { ExecutionRef } from '#engine/engine.ts';
import { describeExecution } from '#executions/describe.ts';
import { pauseExecution, resumeExecution } from '#executions/operate/pause.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { skipStep } from '#executions/operate/skip.ts';
import { profileExecution } from '#executions/profile/execution-profile.ts';
import { stopExecution } from '#executions/stop.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

const DEVICES = ['d-1', 'd-2', 'd-3'].map((id) => ({ id, reported: { firmware: '1' } }));
const ADA = { by: 'ada', reason: 'to see' };

/** A forEach over three devices, distributed, with these fields besides. */
const each = (fields: string, before = '', after = ''): string => `
steps:
  ${before}
  - id: rollout
    forEach: "{% ['d-1', 'd-2', 'd-3'] %}"
    as: device
    maxConcurrency: 50
    ${fields}
  ${after}
`;

const FLASH = `steps: [{ id: flash, command: flash, device: "{% $device %}", with: { firmware: '2' }, compensate: { command: restore, with: { firmware: "{% $target.reported.firmware %}" } } }]`;

/** Fails a command on these devices. */
function failing(command: string, ...devices: readonly string[]): Behaviour {
  return (device, message) =>
    message.command === command && devices.includes(device)
      ? { status: 'FAILED', error: 'Device.Rejected', cause: 'no' }
      : OBEDIENT(device, message);
}

const statuses = ({ steps }: Awaited<ReturnType<World['run']>>): Record<string, string> =>
  Object.fromEntries(steps.map(({ path, status }) => [path, status]));

const commands = (world: World): readonly string[] =>
  world.sent.map(({ device, message }) => `${message.command} ${device}`).sort();

describe('the iterations of a distributed forEach', () => {
  test('read the input, outer steps, variables, the execution and the items around', async () => {
    using world = await World.create({ devices: DEVICES });
    const before = `
  - { id: read, command: read, device: d-1 }
  - id: both
    parallel: { left: [{ id: deep, set: { of: left } }], right: [{ id: other, set: { mode: fast } }] }
  - { id: mark, set: { total: 7 } }`;
    const { status, output, id } = await world.run(
      each(
        `steps:
      - id: parts
        forEach: "{% ['a', 'b'] %}"
        as: part
        steps:
          - { id: tell, set: { of: "{% $device & $part & $deep.of & $string($vars.total) & $input.release & $execution.id & $string($read.done) %}" } }
      - { id: all, set: { parts: "{% $parts.of %}", gone: "{% $exists($nothing) %}" } }`,
        `${before}\n  - { id: nothing, if: "{% false %}", set: { x: 1 } }`,
      ).concat('output: "{% $rollout %}"'),
      { release: 'r', unread: 'u' },
    );
    expect(status).toBe('SUCCEEDED');
    const told = (device: string): object => ({
      parts: ['a', 'b'].map((part) => `${device}${part}left7r${id}true`),
      gone: false,
    });
    expect(output).toEqual(['d-1', 'd-2', 'd-3'].map(told));
  });

  test('are shown step by step, with what each took', async () => {
    using world = await World.create({ devices: DEVICES });
    const view = await world.run(each(FLASH));
    expect(statuses(view)).toEqual({
      rollout: 'SUCCEEDED',
      'rollout[0].flash': 'SUCCEEDED',
      'rollout[1].flash': 'SUCCEEDED',
      'rollout[2].flash': 'SUCCEEDED',
    });
    expect(view.progress).toEqual({ done: 4, total: 4 });
    expect(view.childrenNotRead).toBeUndefined();
    const { profile } = await profileExecution(world.ports, view.id);
    expect(profile.steps.map(({ path }) => path).sort()).toEqual(Object.keys(statuses(view)).sort());
  });

  test('that are too many to be looked at are told by their commands, and how many they are', async () => {
    using world = await World.create({ devices: DEVICES });
    const { id } = await world.run(each(FLASH.replace(']', ', { id: mark, set: { x: 1 } }]')));
    const { table, engine } = world.ports;
    let asked = 0;
    const narrow = {
      mostHistories: 2,
      history: (ref: ExecutionRef, after: number) => {
        asked++;
        if (ref.name.endsWith('-1')) {
          return Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
        }
        return engine.history(ref, after);
      },
      listChildren: engine.listChildren.bind(engine),
    };
    await describeExecution({ table, engine: narrow }, id);
    const before = asked;
    const view = await describeExecution({ table, engine: narrow }, id);
    // One that has succeeded is read once; the execution itself, and one that could not be read, again.
    expect(asked - before).toBe(2);
    expect(view.childrenNotRead).toBe(2);
    expect(statuses(view)).toEqual({
      rollout: 'SUCCEEDED',
      'rollout[0].flash': 'SUCCEEDED',
      'rollout[1].flash': 'SUCCEEDED',
      'rollout[2].flash': 'SUCCEEDED',
      'rollout[2].mark': 'SUCCEEDED',
    });
  });

  test('fail the workflow by the name of the first failure, and what they did is undone', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('flash', 'd-2') });
    const view = await world.run(each(FLASH));
    expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Device.Rejected', cause: 'no' });
    expect(view.steps).toContainEqual(
      expect.objectContaining({ path: 'rollout', status: 'FAILED', error: 'Device.Rejected', cause: 'no' }),
    );
    expect(view.steps).toContainEqual(
      expect.objectContaining({ path: 'rollout[1].flash', status: 'FAILED', error: 'Device.Rejected' }),
    );
    expect(view.steps.filter(({ status }) => status === 'COMPENSATED').length).toBe(
      world.sent.filter(({ message }) => message.command === 'restore').length,
    );
  });

  test.each([
    [
      'by name',
      'catch: [{ on: [Device.Rejected], steps: [{ id: late, set: { why: "{% $error.error & $error.cause %}" } }] }]',
      '',
    ],
    ['in a block around', '', 'parallel'],
  ])('are caught %s', async (_, clause, around) => {
    using world = await World.create({ devices: DEVICES, behave: failing('flash', 'd-2') });
    const inner = each(`${clause}\n    ${FLASH}`);
    const fields =
      around === ''
        ? `${inner}output: "{% $late.why %}"`
        : `
steps:
  - id: both
    parallel:
      one:
        - { id: rollout, forEach: "{% ['d-1', 'd-2'] %}", as: device, maxConcurrency: 50, ${FLASH} }
    catch: [{ on: [Device.Rejected], steps: [{ id: late, set: { why: "{% $error.error & $error.cause %}" } }] }]
output: "{% $late.why %}"`;
    expect(await world.run(fields)).toMatchObject({ status: 'SUCCEEDED', output: 'Device.Rejectedno' });
  });

  test('are tried again by name, all of them', async () => {
    let failures = 1;
    const behave: Behaviour = (device, message) =>
      device === 'd-2' && failures-- > 0
        ? { status: 'FAILED', error: 'Device.Busy', cause: 'busy' }
        : OBEDIENT(device, message);
    using world = await World.create({ devices: DEVICES, behave });
    const view = await world.run(each(`retry: { attempts: 2, delay: 1s, on: [Device.Busy] }\n    ${FLASH}`));
    expect(view).toMatchObject({ status: 'SUCCEEDED' });
    expect(view.steps[0]).toMatchObject({ path: 'rollout', status: 'SUCCEEDED', attempts: 2 });
  });

  test('that fail are borne, undone by themselves, and counted', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('check', 'd-2') });
    const body = FLASH.replace(']', ', { id: check, command: check, device: "{% $device %}" }]');
    const fields = (count: number): string =>
      `${each(`tolerate: { count: ${count} }\n    ${body}`)}output: "{% $rollout.status %}"`;
    expect(await world.run(fields(1))).toMatchObject({ status: 'SUCCEEDED', output: 'FAILED' });
    expect(commands(world).filter((sent) => sent.startsWith('restore'))).toEqual(['restore d-2']);
  });

  test('roll everything back where too many fail', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('check', 'd-2') });
    const body = FLASH.replace(']', ', { id: check, command: check, device: "{% $device %}" }]');
    const view = await world.run(
      each(`waves: [{ count: 1 }, { rest: true }]\n    tolerate: { count: 0 }\n    ${body}`),
    );
    expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.ToleranceExceeded' });
    expect(view.steps).toContainEqual(
      expect.objectContaining({ path: 'rollout', status: 'FAILED', error: 'Stepwright.ToleranceExceeded' }),
    );
    expect(statuses(view)).toMatchObject({
      'rollout[0].flash': 'COMPENSATED',
      'rollout[1].flash': 'COMPENSATED',
    });
  });

  test('halt where the rollout says so, and nothing is undone', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('flash', 'd-2') });
    const view = await world.run(each(`tolerate: { count: 0 }\n    onExceeded: halt\n    ${FLASH}`));
    expect(view).toMatchObject({ status: 'FAILED', error: 'Stepwright.Halted' });
  });

  test('may hold iterations of their own that are distributed; the name of a failure comes through both', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('flash', 'd-2') });
    const inner = `steps: [{ id: inner, forEach: "{% ['x'] %}", as: part, maxConcurrency: 60, ${FLASH} }]`;
    const view = await world.run(each(inner));
    expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Device.Rejected' });
    expect(statuses(view)).toMatchObject({
      'rollout[1].inner': 'FAILED',
      'rollout[1].inner[0].flash': 'FAILED',
    });
  });

  test('are numbered on from wave to wave', async () => {
    using world = await World.create({ devices: DEVICES });
    const view = await world.run(
      each(
        `waves: [{ count: 1 }, { rest: true }]\n    claim: refuse\n    rate: 60/m\n    betweenWaves: { soak: 1m }\n    ${FLASH}`,
      ),
    );
    expect(view.status).toBe('SUCCEEDED');
    expect(Object.keys(statuses(view))).toEqual([
      'rollout',
      'rollout[0].flash',
      'rollout[1].flash',
      'rollout[2].flash',
    ]);
  });
});

describe('an operator', () => {
  test.each([
    ['without a tolerance', ''],
    ['with a tolerance', 'tolerate: { count: 0 }\n    onExceeded: halt'],
    [
      'in waves, whose failure is told',
      'waves: [{ count: 1 }, { rest: true }]\n    catch: [{ on: [Device.Busy], steps: [{ id: late, set: { x: 1 } }] }]',
    ],
    ['that was tried again', 'retry: { attempts: 2, delay: 1s }'],
    ['whose failure is told', 'catch: [{ on: [Device.Busy] , steps: [{ id: late, set: { x: 1 } }] }]'],
  ])('redrives what has failed %s, and what has succeeded is not done again', async (_, fields) => {
    using world = await World.create({ devices: DEVICES, behave: failing('check', 'd-2') });
    const body = `steps: [{ id: flash, command: flash, device: "{% $device %}" }, { id: check, command: check, device: "{% $device %}" }]`;
    const failed = await world.run(each(`${fields}\n    ${body}`));
    expect(failed.status).toBe('FAILED');
    world.behave = OBEDIENT;
    const before = world.sent.length;
    await redriveExecution(world.ports, failed.id, ADA);
    const view = await world.settle(failed.id);
    expect(view).toMatchObject({ status: 'SUCCEEDED' });
    expect(view.error).toBeUndefined();
    expect(view.steps.filter(({ status }) => status !== 'SUCCEEDED' && status !== 'SKIPPED')).toEqual([]);
    expect(commands(world).filter((sent) => sent === 'check d-2').length).toBe(
      fields.startsWith('retry') ? 3 : 2,
    );
    expect(world.sent.slice(before).map(({ message }) => message.command)).not.toContain('flash');
  });

  test('stops an execution with its iterations, and their commands', async () => {
    using world = await World.create({ devices: DEVICES, behave: () => undefined });
    const id = await world.start(each(FLASH));
    await world.quiet();
    expect(statuses(await world.view(id))).toMatchObject({ 'rollout[0].flash': 'RUNNING' });
    await stopExecution(world.ports, id, 'enough');
    await world.quiet();
    const view = await world.view(id);
    const { machine } = view;
    const [run] = await world.ports.engine.listMapRuns({ machine, name: id });
    const children = await world.ports.engine.listChildren(run?.arn ?? '', { most: 10 });
    expect(children.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    expect(statuses(view)['rollout[0].flash']).not.toBe('RUNNING');
  });

  test('pauses the iterations with their execution, and lets them go on', async () => {
    using world = await World.create({ devices: DEVICES, behave: () => undefined });
    const body = `steps: [{ id: flash, command: flash, device: "{% $device %}" }, { id: check, command: check, device: "{% $device %}" }]`;
    const id = await world.start(each(body));
    await world.quiet();
    await pauseExecution(world.ports, id, ADA);
    for (const { device, message } of world.sent)
      await world.answer(device, { id: message.id, status: 'SUCCEEDED' });
    await world.quiet();
    expect(commands(world)).toEqual(['flash d-1', 'flash d-2', 'flash d-3']);
    world.behave = OBEDIENT;
    await resumeExecution(world.ports, id, ADA);
    expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('skips a step of an iteration that waits, and not one that has failed', async () => {
    using world = await World.create({ devices: DEVICES, behave: failing('flash', 'd-2') });
    const wait = each('steps: [{ id: pause, wait: { for: 1h } }]');
    const waiting = await world.start(wait);
    await world.quiet();
    for (const at of [0, 1, 2])
      await skipStep(world.ports, waiting, { ...ADA, path: `rollout[${at}].pause`, output: null });
    await world.quiet();
    expect(await world.view(waiting)).toMatchObject({ status: 'SUCCEEDED' });

    const failed = await world.run(each(`steps: [{ id: flash, command: flash, device: "{% $device %}" }]`));
    await expect(
      skipStep(world.ports, failed.id, { ...ADA, path: 'rollout[1].flash', output: null }),
    ).rejects.toMatchObject({ code: 'SW4064' });
  });
});
