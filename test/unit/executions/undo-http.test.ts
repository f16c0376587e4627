import { afterEach, describe, expect, test } from 'vitest';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { RuntimeError } from '#core/error.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { stopExecution } from '#executions/stop.ts';
import type { Exchange } from '#integrations/call-http.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';
import { executionKeys } from '#table/keys.ts';
import { validateWorkflow } from '#validation/validate.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

type Answer = Awaited<ReturnType<Exchange>>;

const answered = (status: number, body: object = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const BREAKS: Behaviour = (device, message) =>
  message.command === 'break'
    ? { status: 'FAILED', error: 'Device.Rejected', cause: 'stuck' }
    : OBEDIENT(device, message);

const log: string[] = [];

/** A world whose booking service answers as told: first by the method and the path of what is called, else well. */
async function worldWith(answers: Readonly<Record<string, (time: number) => Answer | Promise<Answer>>> = {}) {
  log.length = 0;
  const exchange: Exchange = async ({ method, url }, { body }) => {
    const call = `${method} ${new URL(url).pathname}`;
    log.push(body === undefined ? call : `${call} ${body}`);
    const times = log.filter((one) => one.startsWith(call)).length;
    return (await answers[call]?.(times)) ?? answered(200, { id: 7 });
  };
  const behave: Behaviour = (device, message) => {
    log.push(`${device} ${message.command}`);
    return BREAKS(device, message);
  };
  world = await World.create({ devices: [{ id: 'a' }], behave, exchange });
}

const BOOK = `
  - id: book
    http: { method: POST, url: https://booking.example.com/slots, body: { site: "{% $input.site %}" } }
    timeout: 10s
    compensate:
      http:
        method: DELETE
        url: "{% 'https://booking.example.com/slots/' & $string($result.body.id) %}"
        body: { site: "{% $input.site %}" }`;

const SAGA = `
input: { type: object, properties: { site: { type: string } } }
steps:
  - { id: first, command: open, device: a, compensate: { command: shut } }
${BOOK}
  - { id: then, command: fill, device: a, compensate: { command: drain } }
  - { id: broken, command: break, device: a }
`;
const named = (name: string, text: string): CompiledWorkflow => ({ ...compileText(text), name });

const INPUT = { site: 'north' };

test('a call is undone at the place of its step, with what the step gave and what it read', async () => {
  await worldWith();
  const view = await world.run(SAGA, INPUT);
  expect(view).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  expect(view.steps.find(({ path }) => path === 'book')).toMatchObject({ status: 'COMPENSATED' });
  expect(log).toEqual([
    ...['a open', 'POST /slots {"site":"north"}', 'a fill', 'a break'],
    ...['a drain', 'DELETE /slots/7 {"site":"north"}', 'a shut'],
  ]);
});

test('a workflow that succeeds undoes nothing, and one without commands is undone as well', async () => {
  await worldWith();
  expect(await world.run(`steps:${BOOK}`, INPUT)).toMatchObject({ status: 'SUCCEEDED' });
  const failing = `steps:${BOOK}\n  - { id: broken, fail: { error: Plan.Full } }`;
  expect(await world.run(named('failing', failing), INPUT)).toMatchObject({
    status: 'ROLLED_BACK',
    error: 'Plan.Full',
  });
  expect(log.filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
});

test('an undo that fails is tried four times and told with its service; a rollback tries it again', async () => {
  await worldWith({ 'DELETE /slots/7': (time) => answered(time <= 4 ? 503 : 204) });
  const view = await world.run(SAGA, INPUT);
  expect(view).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [
      {
        path: 'book',
        service: 'booking.example.com',
        reason: 'UNDO_FAILED',
        error: 'Http.ServerError',
        tries: 4,
      },
    ],
  });
  expect(view.steps.find(({ path }) => path === 'book')).toMatchObject({ status: 'COMPENSATION_FAILED' });
  expect(view.leftBehind[0]).not.toHaveProperty('device');
  expect(log.at(-1)).toBe('a shut');
  await rollbackExecution(world.ports, view.id, { by: 'ada' });
  expect(await world.settle(view.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  expect(log.at(-1)).toContain('DELETE /slots/7');
  await expect(rollbackExecution(world.ports, view.id, { by: 'ada' })).rejects.toMatchObject({
    code: 'SW4067',
  });
});

test('what is gone when it is deleted again counts as undone: the answer of the try before may be lost', async () => {
  await worldWith({
    'DELETE /slots/7': (time) => {
      if (time === 1) throw new RuntimeError('Http.Timeout', 'no answer');
      return answered(404);
    },
  });
  expect(await world.run(SAGA, INPUT)).toMatchObject({ status: 'ROLLED_BACK' });
});

describe('of a step that fails itself', () => {
  test.each([
    ['the service refuses', () => answered(409), 'FAILED', []],
    ['nobody is there', refused, 'FAILED', []],
    ['the service breaks', () => answered(500), 'ROLLBACK_INCOMPLETE', ['Http.ServerError']],
    ['no answer comes', silent, 'ROLLBACK_INCOMPLETE', ['Http.Timeout']],
  ])('what it did when %s is known, or told as unknown', async (_, answer, status, errors) => {
    await worldWith({ 'POST /slots': answer });
    const view = await world.run(`steps:${BOOK}`, INPUT);
    expect(view.status).toBe(status);
    expect(view.leftBehind.map(({ reason, error }) => ({ reason, error }))).toEqual(
      errors.map((error) => ({ reason: 'OUTCOME_UNKNOWN', error })),
    );
    expect(log).toHaveLength(1);
  });

  test('an answer that is not what it expects was an answer, and is undone', async () => {
    await worldWith();
    const view = await world.run(`steps:${BOOK}\n    expect: "{% $result.body.id = 8 %}"`, INPUT);
    expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Step.Unexpected' });
    expect(log.at(-1)).toContain('DELETE /slots/7');
  });
});

function refused(): never {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  throw new RuntimeError('Http.Unreachable', 'no connection', { cause });
}

function silent(): never {
  throw new RuntimeError('Http.Timeout', 'no answer');
}

test('an operator says of an unknown outcome that it is kept, or undone where that needs no answer', async () => {
  await worldWith({ 'POST /slots': silent });
  const fixed = `
steps:
  - id: book
    http: { method: POST, url: https://booking.example.com/slots }
    compensate: { http: { method: DELETE, url: https://booking.example.com/slots/mine } }`;
  const undone = await world.run(named('fixed', fixed));
  await rollbackExecution(world.ports, undone.id, { by: 'ada', unknown: 'undo' });
  expect(await world.settle(undone.id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(log.at(-1)).toBe('DELETE /slots/mine');

  const kept = await world.run(`steps:${BOOK}`, INPUT);
  const before = log.length;
  await rollbackExecution(world.ports, kept.id, { by: 'ada', unknown: 'keep' });
  expect(await world.settle(kept.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
  expect(log).toHaveLength(before);

  const blind = await world.run(`steps:${BOOK}`, INPUT);
  await rollbackExecution(world.ports, blind.id, { by: 'ada', unknown: 'undo' });
  expect(await world.settle(blind.id)).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ reason: 'UNDO_FAILED', error: 'Step.InvalidArguments' }],
  });
});

test('a call that is under way when the execution is stopped is waited for, and undone', async () => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  await worldWith({ 'POST /slots': () => promise });
  const id = await world.start(`steps:${BOOK}`, INPUT);
  await world.until(() => log.length === 1);
  await stopExecution(world.ports, id);
  await world.quiet();
  expect((await world.view(id)).status).toBe('ROLLING_BACK');
  resolve(answered(200, { id: 9 }));
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(log.at(-1)).toContain('DELETE /slots/9');
});

test('an iteration that fails undoes its own calls, and the others keep theirs', async () => {
  await worldWith({ 'POST /b': () => answered(200, { id: 'b' }) });
  const view = await world.run(`
steps:
  - id: each
    forEach: "{% ['a', 'b'] %}"
    as: site
    maxConcurrency: 1
    tolerate: { count: 1 }
    steps:
      - id: book
        http: { method: POST, url: "{% 'https://booking.example.com/' & $site %}" }
        compensate: { http: { method: DELETE, url: "{% 'https://booking.example.com/' & $site %}" } }
      - { id: late, if: "{% $site = 'b' %}", fail: { error: Plan.Full } }
`);
  expect(view.status).toBe('SUCCEEDED');
  expect(log).toEqual(['POST /a', 'POST /b', 'DELETE /b']);
});

test('secrets are filled in when the undo is made, and are not on record', async () => {
  await worldWith();
  const id = await world.start(`
steps:
  - id: book
    http: { method: POST, url: https://booking.example.com/slots }
    compensate:
      http: { method: POST, url: https://booking.example.com/undo, headers: { authorization: { secret: booking } } }
  - { id: broken, fail: { error: Plan.Full } }
`);
  expect(await world.settle(id)).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ reason: 'UNDO_FAILED', error: 'Secret.Unknown' }],
  });
  const { items } = await world.ports.table.query({
    partition: executionKeys.partition(id),
    prefix: 'CALLED#',
    limit: 10,
  });
  expect(items).toMatchObject([{ undo: { headers: { authorization: { secret: 'booking' } } } }]);
});

describe('a call that was not answered, whose service can be asked', () => {
  const ASKED = `
input: { type: object, properties: { site: { type: string } } }
steps:
  - id: book
    http: { method: PUT, url: "{% 'https://booking.example.com/slots/' & $input.site %}" }
    compensate:
      http: { method: DELETE, url: "{% 'https://booking.example.com/slots/' & $input.site %}" }
      verify:
        http: { method: GET, url: "{% 'https://booking.example.com/slots/' & $input.site %}" }
        expect: "{% $result.status = 200 and $result.body.site = $input.site %}"
`;
  const TOOK = () => answered(200, { site: 'north' });

  test.each([
    ['and took it, is undone', TOOK, 'ROLLED_BACK', ['GET /slots/north', 'DELETE /slots/north']],
    ['and did not take it, is left', () => answered(404), 'ROLLED_BACK', ['GET /slots/north']],
    [
      'and is not sure at first, is asked again',
      (time: number) => (time === 1 ? answered(503) : TOOK()),
      'ROLLED_BACK',
      ['GET /slots/north', 'GET /slots/north', 'DELETE /slots/north'],
    ],
  ])('%s', async (_what, answer, status, calls) => {
    await worldWith({ 'PUT /slots/north': silent, 'GET /slots/north': answer });
    expect(await world.run(ASKED, INPUT)).toMatchObject({ status, leftBehind: [] });
    expect(log).toEqual(['PUT /slots/north', ...calls]);
  });

  test('is told as unknown where its service says nothing, until an operator has it asked again', async () => {
    await worldWith({
      'PUT /slots/north': silent,
      'GET /slots/north': (time) => (time <= 4 ? answered(200) : TOOK()),
    });
    const view = await world.run(ASKED, INPUT);
    expect(view).toMatchObject({
      status: 'ROLLBACK_INCOMPLETE',
      leftBehind: [{ reason: 'OUTCOME_UNKNOWN', error: 'Saga.OutcomeUnknown', tries: 4 }],
    });
    expect(view.leftBehind[0]?.cause).toContain('reads $result.body.site, which is not there');
    await rollbackExecution(world.ports, view.id, { by: 'ada' });
    expect(await world.settle(view.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
    expect(log.at(-1)).toBe('DELETE /slots/north');
  });

  test('is not asked about when it was answered after all', async () => {
    await worldWith();
    const failing = `${ASKED}  - { id: broken, fail: { error: Plan.Full } }\n`;
    expect(await world.run(failing, INPUT)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(log).toEqual(['PUT /slots/north', 'DELETE /slots/north']);
  });

  test('is validated: what asks reads no answer', () => {
    const reading = ASKED.replace('GET, url: "{% \'https', 'GET, url: "{% $result.body.id & \'https');
    expect(() => compileText(reading)).not.toThrow();
    const source = Source.parse('w.yaml', `stepwright: 1\nname: w\nversion: 1.0.0${reading}`);
    expect(validateWorkflow(source, NO_PROJECT).diagnostics).toMatchObject([{ code: 'SW1208' }]);
  });
});
