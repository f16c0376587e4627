import { describe, expect, test } from 'vitest';
import type { CommandRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { compileText } from '#support/compile-text.ts';
import { type FakeWorld, type HandlerCall, runCompiled } from '#support/run-compiled.ts';

/** Commands that answer with the text `<command> <device>`, except `fail`, which fails. */
function command({ command: name, device }: CommandRequest): Json {
  if (name !== 'fail') return `${name} ${device}`;
  throw new RuntimeError('Device.Failed', `${device} is broken`);
}

function run(fields: string, world: FakeWorld = {}) {
  return runCompiled(compileText(fields), { command, ...world });
}

/** Fails calls with a token and an error; all others give null. */
function failing(token: string, error: string): (call: HandlerCall) => Json {
  return (call) => {
    if (call.token !== token) return null;
    throw new RuntimeError(error, 'it failed');
  };
}

/** What was asked of the locks, in order: `acquire alone`, `release alone`. */
function lockActions(calls: readonly HandlerCall[]): string[] {
  return calls.map(({ payload }) => `${String(payload['action'])} ${String(payload['path'])}`);
}

describe('a while', () => {
  const counting = `
steps:
  - { id: begin, set: { tries: 0, other: 1 } }
  - id: poll
    while: "{% $vars.tries < $input.times %}"
    maxIterations: 4
    steps:
      - { id: count, set: { tries: "{% $vars.tries + 1 %}" } }
      - { id: read, command: read, device: "{% 'd' & $vars.tries %}" }
output: { poll: "{% $poll %}", tries: "{% $vars.tries %}", other: "{% $vars.other %}" }
`;

  test.each([
    [0, { poll: null, tries: 0, other: 1 }, []],
    [1, { poll: 'read d1', tries: 1, other: 1 }, ['poll[0].read']],
    [3, { poll: 'read d3', tries: 3, other: 1 }, ['poll[0].read', 'poll[1].read', 'poll[2].read']],
  ])('runs its steps as long as its condition holds, here %i times', async (times, output, paths) => {
    const ran = await run(counting, { input: { times } });
    expect(ran.output).toEqual(output);
    expect(ran.commands.map(({ path }) => path)).toEqual(paths);
  });

  test('fails when it would run once more than it may', async () => {
    const ran = await run(counting, { input: { times: 9 } });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Step.TooManyIterations' });
    expect(ran.commands).toHaveLength(4);
  });

  test('has its limit caught like any failure inside it', async () => {
    const { output, commands } = await run(`
steps:
  - id: poll
    while: "{% true %}"
    maxIterations: 2
    steps: [{ id: read, command: read, device: x }]
    catch: [{ on: [Step.TooManyIterations], steps: [{ id: stuck, command: reset, device: x, with: { e: "{% $error.error %}" } }] }]
`);
    expect(output).toEqual({});
    expect(commands.map(({ path }) => path)).toEqual(['poll[0].read', 'poll[1].read', 'poll.stuck']);
  });

  test('sees what its last iteration gave, and of an iteration only what it has done itself', async () => {
    const { commands } = await run(`
steps:
  - id: poll
    while: "{% $poll != 'read b' %}"
    maxIterations: 9
    steps:
      - { id: first, command: note, device: x, if: "{% $not($exists($vars.seen)) %}" }
      - { id: mark, set: { seen: true } }
      - { id: read, command: read, device: "{% $exists($first) ? 'a' : 'b' %}" }
`);
    expect(commands.map(({ path, device }) => `${path} ${device}`)).toEqual([
      'poll[0].first x',
      'poll[0].read a',
      'poll[1].read b',
    ]);
  });

  test('runs in each iteration of a forEach by itself', async () => {
    const { output } = await run(`
steps:
  - id: each
    forEach: "{% [1, 2] %}"
    as: most
    steps:
      - id: loop
        while: "{% $exists($vars.n) ? $vars.n < $most : true %}"
        maxIterations: 5
        steps: [{ id: add, set: { n: "{% ($exists($vars.n) ? $vars.n : 0) + 1 %}" } }]
      - { id: read, command: read, device: "{% 'd' & $vars.n %}" }
`);
    expect(output).toEqual({ each: ['read d1', 'read d2'] });
  });

  test('leaves the workflow alone when it stands last, and when a succeed ends an iteration', async () => {
    const { output } = await run(`
steps:
  - { id: begin, set: { n: 0 } }
  - id: loop
    while: "{% $vars.n < 2 %}"
    maxIterations: 5
    steps:
      - { id: add, set: { n: "{% $vars.n + 1 %}" } }
      - { id: out, if: "{% $vars.n = 1 %}", succeed: { output: early } }
      - { id: read, command: read, device: x }
`);
    expect(output).toEqual({ begin: { n: 0 }, loop: 'read x' });
  });
});

describe('an output', () => {
  test.each([
    ['an expression', '"{% $uppercase($result) %}"', 'READ X'],
    [
      'an object',
      '{ was: "{% $result %}", list: ["{% $result %}", 1] }',
      { was: 'read x', list: ['read x', 1] },
    ],
    ['a text', 'done', 'done'],
  ])('may be %s', async (_, output, expected) => {
    const steps = `steps: [{ id: a, command: read, device: x, output: ${output} }]`;
    expect((await run(steps)).output).toEqual({ a: expected });
  });

  test('of a step that is tried again does not make it do its work again', async () => {
    const ran = await run(`
steps: [{ id: a, command: read, device: x, retry: { attempts: 3 }, output: "{% $error('no') %}" }]`);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(ran.commands).toHaveLength(1);
  });

  test('of a step whose failure is caught is not made', async () => {
    const { output } = await run(`
steps:
  - { id: a, command: fail, device: x, retry: { attempts: 2 }, catch: continue, output: "{% $result.x %}" }
  - { id: b, command: read, device: y }
`);
    expect(output).toEqual({ b: 'read y' });
  });
});

describe('a lock', () => {
  test('is held while its steps run, whose outputs and variables are seen after it', async () => {
    const { output, calls, commands } = await run(
      `
steps:
  - id: held
    lock:
      pools: { uplink: "{% $input.units %}" }
      steps:
        - { id: fetch, command: fetch, device: x }
        - { id: mark, set: { size: 3 } }
        - { id: lift, command: lift, device: y }
  - { id: after, command: note, device: z, with: { fetch: "{% $fetch %}", size: "{% $vars.size %}" } }
`,
      { input: { units: 2 } },
    );
    expect(output).toEqual({ held: 'lift y', after: 'note z' });
    expect(lockActions(calls)).toEqual(['acquire held', 'release held']);
    expect(calls[0]?.payload['pools']).toEqual({ uplink: 2 });
    expect(commands.map(({ path }) => path)).toEqual(['held.fetch', 'held.lift', 'after']);
    expect(commands[2]?.with).toEqual({ fetch: 'fetch x', size: 3 });
  });

  test('is given back when a step inside fails, and the failure goes on', async () => {
    const ran = await run(`
steps: [{ id: held, lock: { pools: { uplink: 1 }, steps: [{ id: bad, command: fail, device: x }] } }]`);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Device.Failed', cause: 'x is broken' });
    expect(lockActions(ran.calls)).toEqual(['acquire held', 'release held']);
  });

  test('is given back before what a catch does', async () => {
    const { calls, output } = await run(`
steps:
  - id: held
    lock: { pools: { uplink: 1 }, steps: [{ id: bad, command: fail, device: x }] }
    catch: [{ on: [Device.Failed], steps: [{ id: tell, notify: { topic: plant, message: "{% $error.cause %}" } }] }]
  - { id: after, command: read, device: y }
`);
    expect(output).toEqual({ after: 'read y' });
    expect(calls.map(({ token }) => token)).toEqual([
      'LockFunctionArn',
      'LockFunctionArn',
      'NotifyFunctionArn',
    ]);
    expect(calls[2]?.payload['message']).toBe('x is broken');
  });

  test('that cannot be had is caught like what fails inside it', async () => {
    const world = { handler: failing('LockFunctionArn', 'Lock.Timeout') };
    const { output, error } = await run(
      `steps: [{ id: held, lock: { pools: { uplink: 1 }, timeout: 1m, steps: [{ id: a, command: read, device: x }] } }]`,
      world,
    );
    expect([output, error]).toEqual([undefined, 'Lock.Timeout']);
  });

  test('may be around any step that works: uses', async () => {
    const { output, calls, commands } = await run(`
steps:
  - id: each
    forEach: "{% [1, 2] %}"
    maxConcurrency: 1
    steps: [{ id: one, command: read, device: "{% 'd' & $item %}", uses: { uplink: 1 }, output: "{% $result & '!' %}" }]
`);
    expect(output).toEqual({ each: ['read d1!', 'read d2!'] });
    expect(lockActions(calls)).toEqual(
      [0, 1].flatMap((i) => [`acquire each[${i}].one`, `release each[${i}].one`]),
    );
    expect(commands).toHaveLength(2);
  });
});

describe('waves', () => {
  const rollout = (sizes: string): string => `
steps:
  - id: rollout
    forEach: "{% $input.items %}"
    waves: [${sizes}]
    betweenWaves:
      soak: 10m
      steps: [{ id: healthy, command: health, device: monitor }]
      approve: { group: ops }
    steps: [{ id: flash, command: flash, device: "{% 'd' & $item %}" }]
`;

  test('take their share of the items, one after the other, with what is between them', async () => {
    const ran = await run(rollout('{ count: 1 }, { percent: 30 }, { rest: true }'), {
      input: { items: [1, 2, 3, 4, 5] },
    });
    expect(ran.output).toEqual({ rollout: [1, 2, 3, 4, 5].map((item) => `flash d${item}`) });
    expect(ran.commands.map(({ path }) => path)).toEqual([
      ...['rollout[0].flash', 'rollout.waves[1].healthy', 'rollout[1].flash', 'rollout[2].flash'],
      ...['rollout.waves[2].healthy', 'rollout[3].flash', 'rollout[4].flash'],
    ]);
    expect(ran.calls.map(({ payload }) => payload['path'])).toEqual([
      'rollout.waves[1].rollout_approval',
      'rollout.waves[2].rollout_approval',
    ]);
    expect(ran.tookMs).toBe(20 * 60_000);
  });

  test.each([
    ['all items fit into the first', '{ count: 9 }, { rest: true }', [1, 2], 0],
    ['there are no items', '{ count: 1 }, { rest: true }', [], 0],
    ['items are arrays', '{ count: 1 }, { rest: true }', [[1], [2, 3]], 1],
  ])('fall away when %s', async (_, sizes, items, between) => {
    const ran = await run(rollout(sizes).replace('$item', '$string($item)'), { input: { items } });
    expect(ran.output).toEqual({ rollout: items.map((item) => `flash d${JSON.stringify(item)}`) });
    expect(ran.calls).toHaveLength(between);
  });

  test('inside an iteration, and tried again, tell their runs apart', async () => {
    let failures = 1;
    const { output, commands } = await run(
      `
steps:
  - id: sites
    forEach: "{% ['a', 'b'] %}"
    as: site
    maxConcurrency: 1
    steps:
      - id: nested
        forEach: "{% [1, 2, 3] %}"
        waves: [{ count: 2 }, { rest: true }]
        maxConcurrency: 1
        retry: { attempts: 2 }
        steps: [{ id: ping, command: ping, device: "{% $site & $item %}" }]
`,
      {
        command: ({ device = '' }) => {
          if (device === 'a3' && failures-- > 0) throw new RuntimeError('Device.Busy', 'later');
          return device;
        },
      },
    );
    expect(output).toEqual({
      sites: [
        ['a1', 'a2', 'a3'],
        ['b1', 'b2', 'b3'],
      ],
    });
    expect(commands.map(({ path, attempt }) => `${path} ${attempt}`)).toEqual([
      ...['0', '1', '2'].map((index) => `sites[0].nested[${index}].ping 0`),
      ...['0', '1', '2'].map((index) => `sites[0].nested[${index}].ping 100`),
      ...['0', '1', '2'].map((index) => `sites[1].nested[${index}].ping 0`),
    ]);
  });
});

describe('a step that calls a handler', () => {
  test('gives what it answers, and is told what its expressions give', async () => {
    const { output, calls } = await run(
      `
steps:
  - { id: opened, wait: { event: { name: "{% 'door.' & $input.door %}", where: "{% $event.id = $input.door %}" } }, timeout: 90s }
  - { id: ask, approve: { group: ops, message: "{% $opened.who & '?' %}", quorum: 2, remind: 1m } }
  - { id: sub, workflow: { name: other, version: "^1", input: { ask: "{% $ask.who %}" } }, cache: { key: "{% $input.door %}", ttl: 1m } }
  - { id: call, http: { method: POST, url: "{% 'https://x/' & $input.door %}", headers: { a: { secret: s }, b: "{% $sub.who %}" }, body: [1] }, expect: "{% $result.status = $input.status %}" }
  - { id: tell, notify: { topic: doors, message: { who: "{% $call.who %}" } } }
`,
      { input: { door: 'd7', status: 200 }, handler: ({ token }) => ({ who: token.slice(0, 5) }) },
    );
    expect(output).toEqual({
      ...{ opened: { who: 'Await' }, ask: { who: 'Reque' }, sub: { who: 'Start' } },
      ...{ call: { who: 'CallH' }, tell: { who: 'Notif' } },
    });
    const common = { execution: 'run', attempt: 0, taskToken: expect.any(String) };
    expect(calls.map(({ payload }) => payload)).toEqual([
      {
        ...{ ...common, action: 'await', path: 'opened', event: 'door.d7', timeoutSeconds: 90 },
        ...{ where: '$event.id = $input.door', bindings: { input: { door: 'd7', status: 200 } } },
      },
      { ...common, path: 'ask', group: 'ops', message: 'Await?', quorum: 2, remindSeconds: 60 },
      {
        ...{ ...common, path: 'sub', workflow: 'other', version: '1.0.0', input: { ask: 'Reque' } },
        ...{ await: true, cache: { key: 'tested/sub/d7', ttlSeconds: 60 } },
      },
      {
        ...{ ...common, path: 'call', method: 'POST', url: 'https://x/d7', body: [1], timeoutSeconds: 30 },
        headers: { a: { secret: 's' }, b: 'Start' },
        ...{ expect: '$result.status = $input.status', bindings: { input: { door: 'd7', status: 200 } } },
      },
      { ...common, path: 'tell', topic: 'doors', message: { who: 'CallH' } },
    ]);
  });

  test('fails with the name that the handler gives, and our timeouts catch the engine’s', async () => {
    const caught = compileText(`
steps:
  - { id: ask, approve: { group: ops }, catch: [{ on: [Approval.Timeout], steps: [{ id: late, command: read, device: x }] }] }
`);
    const { Catch } = Object(caught.definition['States'])['ask'];
    expect(Catch[0].ErrorEquals).toEqual(['Approval.Timeout', 'States.Timeout']);
    const handler = failing('RequestApprovalFunctionArn', 'Approval.Rejected');
    expect(await run('steps: [{ id: ask, approve: { group: ops } }]', { handler })).toMatchObject({
      ...{ status: 'FAILED', error: 'Approval.Rejected', cause: 'it failed' },
    });
  });
});

describe('a raw state', () => {
  test('runs as it is, with the names of the workflow bound in its expressions', async () => {
    const { output } = await run(
      `
steps:
  - id: both
    asl:
      Type: Parallel
      Arguments: { n: "{% $input.n %}" }
      Branches:
        - { StartAt: left, States: { left: { Type: Pass, Output: "{% $states.input.n + 1 %}", End: true } } }
        - { StartAt: right, States: { right: { Type: Pass, Output: "{% $states.input.n + 2 %}", End: true } } }
    output: "{% $sum($result) %}"
  - { id: pause, asl: { Type: Wait, Seconds: "{% $both %}" } }
`,
      { input: { n: 1 } },
    );
    expect(output).toEqual({ both: 5, pause: { n: 1 } });
  });
});
