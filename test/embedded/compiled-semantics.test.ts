import { describe, expect, test } from 'vitest';
import type { CommandRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { compileText } from '#support/compile-text.ts';
import { type FakeWorld, runCompiled } from '#support/run-compiled.ts';

/** Commands that answer with the text `<command> <device>`, except `fail`, which fails with the error in `with`. */
function command(request: CommandRequest): Json {
  if (request.command !== 'fail') return `${request.command} ${request.device}`;
  throw new RuntimeError(String(request.with['error'] ?? 'Device.Failed'), `${request.device} is broken`);
}

async function run(fields: string, world: FakeWorld = {}) {
  return await runCompiled(compileText(fields), { command, ...world });
}

/** The steps that sent a command, in order, by path. */
async function pathsOf(fields: string, world: FakeWorld = {}): Promise<readonly string[]> {
  return (await run(fields, world)).commands.map(({ path }) => path);
}

describe('a list of steps', () => {
  test('gives the outputs of its steps by id, without those that were skipped', async () => {
    const { output } = await run(`
steps:
  - { id: a, command: read, device: x }
  - { id: b, command: read, device: y, if: "{% false %}" }
  - { id: c, wait: { until: "1970-01-01T00:00:05Z" } }
`);
    expect(output).toEqual({ a: 'read x', c: null });
  });

  test('goes on after a step that was skipped, and after one whose failure was caught', async () => {
    const steps = `
steps:
  - { id: a, command: read, device: x, if: "{% $input.never %}" }
  - { id: b, command: fail, device: y, catch: continue }
  - { id: c, command: read, device: z, with: { a: "{% $exists($a) %}", b: "{% $exists($b) %}" } }
`;
    const { commands, status } = await run(steps);
    expect(commands.map(({ path, with: args }) => [path, args])).toEqual([
      ['b', {}],
      ['c', { a: false, b: false }],
    ]);
    expect(status).toBe('SUCCEEDED');
  });

  test('fails with what a step failed with that nobody catches', async () => {
    const ran = await run(`
steps:
  - { id: a, command: fail, device: x, with: { error: Device.Busy }, catch: [{ on: [Device.Timeout] }] }
  - { id: b, command: read, device: y }
`);
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Device.Busy', cause: 'x is broken' });
    expect(ran.commands).toHaveLength(1);
  });

  test('knows null from no value', async () => {
    const steps = `
steps:
  - { id: a, command: read, device: x }
  - { id: b, needs: [a], command: read, device: y }
`;
    const { output, commands } = await run(steps, { command: () => null });
    expect(output).toEqual({ a: null, b: null });
    expect(commands).toHaveLength(2);
  });

  test('gives what its output says', async () => {
    const { output } = await run(
      `
steps: [{ id: a, command: read, device: "{% $input.device %}" }]
output: { a: "{% $a %}", n: "{% $count($input.list) %}", id: "{% $execution.id %}" }
`,
      { input: { device: 'x', list: [1] } },
    );
    expect(output).toEqual({ a: 'read x', n: 1, id: 'run' });
  });
});

describe('needs', () => {
  const OUTCOMES = `
steps:
  - { id: ok, needs: [], command: read, device: x }
  - { id: bad, needs: [], command: fail, device: y, catch: continue }
  - { id: off, needs: [], command: read, device: z, if: "{% false %}" }
`;

  test.each<[string, boolean]>([
    ['ok', true],
    ['ok.failed', false],
    ['ok.skipped', false],
    ['ok.done', true],
    ['bad', false],
    ['bad.failed', true],
    ['bad.skipped', false],
    ['bad.done', true],
    ['off', false],
    ['off.failed', false],
    ['off.skipped', true],
    ['off.done', true],
  ])('%s: runs %s', async (need, runs) => {
    const paths = await pathsOf(`${OUTCOMES}  - { id: last, needs: [${need}], command: read, device: w }\n`);
    expect(paths.includes('last')).toBe(runs);
  });

  test.each<[string, boolean]>([
    ['[ok, bad.failed, off.skipped]', true],
    ['[ok, bad]', false],
    ['[bad, off]', false],
    ['[]', true],
  ])('%s: all hold, is %s', async (needs, runs) => {
    const paths = await pathsOf(`${OUTCOMES}  - { id: last, needs: ${needs}, command: read, device: w }\n`);
    expect(paths.includes('last')).toBe(runs);
  });

  test('that are not met skip all that needs the step in turn, and an outcome brings it back', async () => {
    const paths = await pathsOf(`${OUTCOMES}
  - { id: then, needs: [off], command: read, device: w }
  - { id: further, needs: [then], command: read, device: w }
  - { id: instead, needs: [further.skipped, ok], command: read, device: w }
`);
    expect(paths.toSorted()).toEqual(['bad', 'instead', 'ok']);
  });

  test('let a condition read what exists only when they are met', async () => {
    const paths = await pathsOf(`${OUTCOMES}
  - { id: then, needs: [off], if: "{% $error($off) %}", command: read, device: w }
`);
    expect(paths.toSorted()).toEqual(['bad', 'ok']);
  });
});

describe('choose', () => {
  const CHOOSE = `
steps:
  - id: how
    choose:
      - { if: "{% $input.n > 2 %}", steps: [{ id: a, command: read, device: many }] }
      - { if: "{% $input.n > 1 %}", steps: [{ id: b, command: read, device: two }, { id: skip, if: "{% false %}", command: read, device: x }] }
      - { else: true, steps: [{ id: c, set: { device: one } }] }
output: { how: "{% $how %}", a: "{% $exists($a) %}", device: "{% $exists($vars.device) ? $vars.device : 'none' %}" }
`;
  test.each<[number, Json]>([
    [3, { how: 'read many', a: true, device: 'none' }],
    [2, { how: null, a: false, device: 'none' }],
    [1, { how: { device: 'one' }, a: false, device: 'one' }],
  ])('of %i takes the first branch whose condition holds', async (n, expected) => {
    expect((await run(CHOOSE, { input: { n } })).output).toEqual(expected);
  });

  test('without a branch that holds gives null and goes on', async () => {
    const { output } = await run(
      'steps: [{ id: how, choose: [{ if: "{% $input.yes %}", steps: [{ id: a, wait: { for: "{% 1 %}" } }] }] }]',
    );
    expect(output).toEqual({ how: null });
  });
});

describe('parallel', () => {
  test('gives the last output of each branch by name, and its steps are visible after it', async () => {
    const { output } = await run(`
steps:
  - id: both
    parallel:
      left: [{ id: a, command: read, device: x }, { id: b, command: read, device: "{% $a %}" }]
      right: [{ id: c, set: { list: [1] } }, { id: d, command: read, device: y, if: "{% false %}" }]
output: { both: "{% $both %}", a: "{% $a %}", list: "{% $c.list %}", d: "{% $exists($d) %}" }
`);
    expect(output).toEqual({
      both: { left: 'read read x', right: null },
      a: 'read x',
      list: [1],
      d: false,
    });
  });

  test('leaves variables that a branch sets to the branch', async () => {
    const { output } = await run(`
steps:
  - { id: before, set: { x: 1, y: 1 } }
  - id: both
    parallel:
      left: [{ id: own, set: { x: 2 } }, { id: sum, set: { sum: "{% $vars.x + $vars.y %}" } }]
      right: [{ id: other, set: { seen: "{% $vars.x %}" } }]
output: { x: "{% $vars.x %}", both: "{% $both %}" }
`);
    expect(output).toEqual({ x: 1, both: { left: { sum: 3 }, right: { seen: 1 } } });
  });

  test('that is tried again sends its commands as further attempts', async () => {
    let tries = 0;
    const { status, commands } = await run(
      `
steps:
  - id: both
    parallel: { left: [{ id: a, command: flaky, device: x, retry: { attempts: 2 } }] }
    retry: { attempts: 2 }
`,
      {
        command: () => {
          if (++tries < 4) throw new RuntimeError('Device.Failed', 'not yet');
          return tries;
        },
      },
    );
    expect(status).toBe('SUCCEEDED');
    expect(commands.map(({ attempt }) => attempt)).toEqual([0, 1, 100, 101]);
  });

  test('whose failure is caught leaves nothing of its branches behind', async () => {
    const { output } = await run(`
steps:
  - id: both
    parallel: { left: [{ id: a, command: read, device: x }, { id: b, command: fail, device: y }] }
    catch: [{ steps: [{ id: c, set: { error: "{% $error.error %}", a: "{% $exists($a) %}" } }] }]
output: { a: "{% $exists($a) %}", both: "{% $exists($both) %}", c: "{% $c %}" }
`);
    expect(output).toEqual({ a: false, both: false, c: { error: 'Device.Failed', a: false } });
  });
});

describe('catch', () => {
  const CAUGHT = `
steps:
  - id: a
    command: fail
    device: x
    with: { error: "{% $input.error %}" }
    catch:
      - { on: [Device.Timeout], steps: [{ id: late, set: { why: "{% $error.cause %}" } }] }
      - { on: [Device.Busy] }
  - { id: b, command: read, device: y }
`;

  test.each<[string, Json]>([
    ['Device.Timeout', { late: { why: 'x is broken' }, b: 'read y' }],
    ['States.Timeout', { late: { why: 'x is broken' }, b: 'read y' }],
    ['Device.Busy', { b: 'read y' }],
  ])('of %s runs its steps and goes on', async (error, expected) => {
    const { output } = await run(
      `${CAUGHT}output: "{% $merge([$exists($late) ? { 'late': $late } : {}, { 'b': $b }]) %}"`,
      { input: { error } },
    );
    expect(output).toEqual(expected);
  });

  test('does not catch what it does not name', async () => {
    expect(await run(CAUGHT, { input: { error: 'Device.Rejected' } })).toMatchObject({
      status: 'FAILED',
      error: 'Device.Rejected',
    });
  });
});

describe('retry', () => {
  test('tries so often in all, after whole seconds', async () => {
    const { status, commands, tookMs } = await run(`
steps:
  - { id: a, command: fail, device: x, retry: { attempts: 4, delay: 1500ms, backoff: 2, maxDelay: 5s } }
`);
    expect(status).toBe('FAILED');
    expect(commands.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 3]);
    expect(tookMs).toBe((2 + 4 + 5) * 1_000);
  });

  test('leaves errors alone that it does not name', async () => {
    const { commands } = await run(`
steps: [{ id: a, command: fail, device: x, retry: { attempts: 4, on: [Device.Busy] } }]
`);
    expect(commands).toHaveLength(1);
  });
});

describe('forEach', () => {
  test('gives the outputs in the order of the items, which its steps see', async () => {
    const { output, commands } = await run(
      `
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all[on] %}"
    as: device
    steps:
      - id: inner
        forEach: "{% $device.sensors %}"
        steps: [{ id: read, command: read, device: "{% $device.id & '/' & $item %}" }]
output: "{% $each %}"
`,
      {
        devices: [
          { id: 'a', on: true, sensors: [1, 2] },
          { id: 'b', on: false },
          { id: 'c', on: true, sensors: 3 },
        ],
      },
    );
    expect(output).toEqual([['read a/1', 'read a/2'], ['read c/3']]);
    expect(commands.map(({ path }) => path).toSorted()).toEqual([
      'each[0].inner[0].read',
      'each[0].inner[1].read',
      'each[1].inner[0].read',
    ]);
  });

  test.each<[string, Json, Json]>([
    ['one that is not in an array', 7, ['read 7']],
    ['nothing', [], []],
    ['one array of one', [[7]], ['read [7]']],
  ])('of %s runs over the array that it makes', async (_, list, expected) => {
    const { output } = await run(
      `
steps: [{ id: each, forEach: "{% $input.list %}", steps: [{ id: a, command: read, device: "{% $string($item) %}" }] }]
output: "{% $each %}"
`,
      { input: { list } },
    );
    expect(output).toEqual(expected);
  });

  const TOLERANT = `
steps:
  - id: each
    forEach: "{% $input.list %}"
    tolerate: { count: 1 }
    steps:
      - { id: open, command: read, device: "{% $item %}", compensate: { command: shut } }
      - { id: check, command: check, device: "{% $item %}" }
`;

  const failing = ({ command: name, device = '' }: CommandRequest): Json => {
    if (name === 'check' && device.startsWith('bad'))
      throw new RuntimeError('Device.Failed', `${device} is bad`);
    return `${name} ${device}`;
  };

  test('undoes and counts an iteration that fails, and goes on with the others', async () => {
    const ran = await run(TOLERANT, { input: { list: ['a', 'bad', 'c'] }, command: failing });
    const failed = { status: 'FAILED', path: 'each[1]', error: 'Device.Failed', cause: 'bad is bad' };
    expect(ran.output).toEqual({ each: ['check a', failed, 'check c'] });
    expect(ran.unwound).toMatchObject([{ execution: 'run', scope: 'each[1]' }]);
    expect(ran.settled).toMatchObject([
      { path: 'each', iteration: 'each[1]', total: 3, tolerate: { count: 1 } },
    ]);
  });

  test('fails when more fail than it tolerates', async () => {
    const ran = await run(TOLERANT, { input: { list: ['bad1', 'bad2', 'c'] }, command: failing });
    expect(ran).toMatchObject({ status: 'FAILED', error: 'Stepwright.ToleranceExceeded' });
  });

  test('that tolerates within another names itself by the iteration around it', async () => {
    const { settled, status } = await run(
      `
steps:
  - id: outer
    forEach: "{% [1, 2] %}"
    as: n
    steps:
      - id: inner
        forEach: "{% $n = 2 ? ['a', 'bad'] : [] %}"
        tolerate: { percent: 50 }
        steps: [{ id: check, command: check, device: "{% $item %}" }]
`,
      { command: failing },
    );
    expect(status).toBe('SUCCEEDED');
    expect(settled).toMatchObject([{ path: 'outer[1].inner', iteration: 'outer[1].inner[1]', total: 2 }]);
  });
});

describe('an early end', () => {
  const EARLY = `
steps:
  - id: each
    forEach: "{% [1, 2, 3] %}"
    steps:
      - { id: odd, if: "{% $item % 2 = 1 %}", succeed: true }
      - { id: even, set: { n: "{% $item %}" } }
  - id: both
    parallel:
      a: [{ id: x, set: { x: 1 } }, { id: stop, succeed: { output: stopped } }]
      b: [{ id: y, if: "{% $input.never %}", succeed: true }, { id: z, set: { z: 1 } }]
  - { id: end, if: "{% $input.end %}", succeed: { output: { each: "{% $each %}", both: "{% $both %}", x: "{% $x %}" } } }
  - { id: broken, fail: { error: Plant.Unsafe, cause: "{% 'see ' & $x.x %}" } }
`;

  test('by succeed gives its output, of a branch or iteration or of the workflow', async () => {
    const { output } = await run(EARLY, { input: { end: true } });
    expect(output).toEqual({
      each: [null, { n: 2 }, null],
      both: { a: 'stopped', b: { z: 1 } },
      x: { x: 1 },
    });
  });

  test('by fail fails with its error and cause', async () => {
    expect(await run(EARLY)).toMatchObject({ status: 'FAILED', error: 'Plant.Unsafe', cause: 'see 1' });
  });
});

describe('a command', () => {
  test('sends what the machine can evaluate, and the rest with what it reads', async () => {
    const { commands } = await run(
      `
steps:
  - { id: a, command: read, device: x }
  - { id: v, set: { limit: 5 } }
  - id: b
    command: install
    device: pump
    with: { now: "{% $a %}", later: "{% $target.zone & $a & $input.suffix %}", text: "{% open" }
    expect: "{% $result.n < $vars.limit %}"
    compensate: { command: back, with: { to: "{% $target.release %}", of: "{% $input.suffix %}" } }
`,
      { input: { suffix: '!' } },
    );
    expect(commands[1]).toMatchObject({
      with: { now: 'read x', later: null, text: '{% open' },
      deferred: { '/later': '$target.zone & $a & $input.suffix' },
      bindings: { a: 'read x', input: { suffix: '!' }, vars: { limit: 5 } },
      expect: '$result.n < $vars.limit',
      compensate: { command: 'back', with: { to: null, of: '!' }, deferred: { '/to': '$target.release' } },
    });
  });
});
