import { describe, expect, test } from 'vitest';
import { Source } from '#definition/source.ts';
import { validateProject } from '#validation/read-project.ts';

/** What is said of the locks of a project: of each workflow, its fields after the version. */
function lockFindings(pools: string, workflows: Readonly<Record<string, string>>): string[] {
  const sources = Object.entries(workflows).map(([name, fields]) =>
    Source.parse(`${name}.yaml`, `stepwright: 1\nname: ${name}\nversion: 1.0.0\n${fields}`),
  );
  const diagnostics = validateProject({
    ...{ folder: '.', neighbours: [], commands: [], documents: [], workflows: sources },
    file: Source.parse('stepwright.yaml', `stepwright: 1\npools: ${pools}`),
  });
  return diagnostics
    .filter(({ severity, code }) => severity !== 'info' && code !== 'SW1503')
    .map(({ code, file, message }) =>
      `${code} ${file} ${message.startsWith('a deadlock') ? message.split(':')[0] : ''}`.trim(),
    );
}

const hold = (id: string, pools: string, inner: string): string =>
  `{ id: ${id}, lock: { pools: { ${pools} }, steps: [${inner}] } }`;
const work = (id: string): string => `{ id: ${id}, wait: { for: 1s } }`;
const steps = (...list: string[]): string => `steps: [${list.join(', ')}]`;
const nested = (id: string, outer: string, inner: string): string =>
  hold(id, `${outer}: 1`, hold(`${id}_in`, `${inner}: 1`, work(`${id}_work`)));

const ONE_EACH = '{ a: 1, b: 1, c: 1, gate: 1 }';

describe('a deadlock is possible', () => {
  test.each<[string, string, Record<string, string>, string[]]>([
    [
      'when two workflows take two pools in another order',
      ONE_EACH,
      { one: steps(nested('x', 'a', 'b')), two: steps(nested('y', 'b', 'a')) },
      ['SW1532 one.yaml a deadlock is possible'],
    ],
    [
      'when three take three pools in a round',
      ONE_EACH,
      {
        one: steps(nested('x', 'a', 'b')),
        two: steps(nested('y', 'b', 'c')),
        three: steps(nested('z', 'c', 'a')),
      },
      ['SW1532 one.yaml a deadlock is possible'],
    ],
    [
      'when `uses` inside a lock goes against another lock',
      ONE_EACH,
      {
        one: steps(hold('x', 'b: 1', '{ id: n, notify: { topic: t, message: m }, uses: { a: 1 } }')),
        two: steps(nested('y', 'a', 'b')),
      },
      ['SW1532 one.yaml a deadlock is possible'],
    ],
    [
      'when a workflow is called and waited for while something is held',
      ONE_EACH,
      {
        caller: steps(hold('x', 'b: 1', '{ id: call, workflow: { name: called } }')),
        called: steps(hold('y', 'a: 1', work('w'))),
        other: steps(nested('z', 'a', 'b')),
      },
      ['SW1532 called.yaml a deadlock is possible'],
    ],
    [
      'when two branches of one execution take pools in another order, whatever is held around them',
      ONE_EACH,
      {
        one: steps(
          hold(
            'g',
            'gate: 1',
            `{ id: p, parallel: { l: [${nested('x', 'a', 'b')}], r: [${nested('y', 'b', 'a')}] } }`,
          ),
        ),
      },
      ['SW1532 one.yaml a deadlock is possible within one execution'],
    ],
    [
      'when steps that do not need each other do so',
      ONE_EACH,
      {
        one: `steps: [${hold('g', 'gate: 1', `{ id: first, wait: { for: 1s } }, ${nested('x', 'a', 'b').replace('{ id: x,', '{ id: x, needs: [first],')}, ${nested('y', 'b', 'a').replace('{ id: y,', '{ id: y, needs: [first],')}`)}]`,
      },
      ['SW1532 one.yaml a deadlock is possible within one execution'],
    ],
    [
      'when executions take of one pool twice, and each may have got the first part',
      '{ a: 2 }',
      { one: steps(nested('x', 'a', 'a')) },
      ['SW1532 one.yaml a deadlock is possible'],
    ],
    [
      'when iterations do so, although only one execution is let in',
      '{ a: 2, gate: 1 }',
      {
        one: steps(
          hold(
            'g',
            'gate: 1',
            `{ id: f, forEach: "{% [1, 2] %}", as: n, steps: [${nested('x', 'a', 'a')}] }`,
          ),
        ),
      },
      ['SW1532 one.yaml a deadlock is possible within one execution'],
    ],
    [
      'when a called workflow queues for a group that is full of those who wait for the caller',
      '{ a: 1 }',
      {
        caller: steps(hold('x', 'a: 1', '{ id: call, workflow: { name: called } }')),
        called: `concurrency: { group: g, max: 2 }\n${steps(work('w'))}`,
        other: `concurrency: { group: g, max: 2 }\n${steps(hold('z', 'a: 1', work('v')))}`,
      },
      ['SW1532 called.yaml a deadlock is possible'],
    ],
  ])('%s', (_, pools, workflows, expected) => {
    expect(lockFindings(pools, workflows)).toEqual(expected);
  });
});

describe('an execution waits for itself', () => {
  test.each<[string, string, Record<string, string>]>([
    [
      'when it takes more than it leaves',
      '{ a: 4 }',
      { one: steps(hold('x', 'a: 3', hold('y', 'a: 2', work('w')))) },
    ],
    [
      'when it does so with a timeout, which only makes it fail',
      '{ a: 1 }',
      {
        one: steps(
          hold('x', 'a: 1', `{ id: y, lock: { pools: { a: 1 }, timeout: 1m, steps: [${work('w')}] } }`),
        ),
      },
    ],
    [
      'when it calls itself inside of a lock',
      '{ a: 1 }',
      { one: steps(hold('x', 'a: 1', '{ id: call, workflow: { name: one } }')) },
    ],
    [
      'when it calls a workflow of its own group',
      '{}',
      {
        one: `concurrency: { group: g }\n${steps('{ id: call, workflow: { name: two } }')}`,
        two: `concurrency: { group: g }\n${steps(work('w'))}`,
      },
    ],
  ])('%s', (_, pools, workflows) => {
    expect(lockFindings(pools, workflows).map((one) => one.slice(0, 6))).toEqual(['SW1531']);
  });
});

describe('nothing is said', () => {
  test.each<[string, string, Record<string, string>]>([
    [
      'of pools that are taken in the same order',
      ONE_EACH,
      {
        one: steps(nested('x', 'a', 'b')),
        two: steps(nested('y', 'a', 'b')),
        three: steps(nested('z', 'b', 'c')),
      },
    ],
    [
      'of several pools of one lock, in whatever order they stand',
      ONE_EACH,
      { one: steps(hold('x', 'a: 1, b: 1', work('w'))), two: steps(hold('y', 'b: 1, a: 1', work('v'))) },
    ],
    [
      'of locks inside a lock that lets only one in',
      ONE_EACH,
      {
        one: steps(hold('g', 'gate: 1', nested('x', 'a', 'b'))),
        two: steps(hold('h', 'gate: 1', nested('y', 'b', 'a'))),
      },
    ],
    [
      'of workflows of one group that lets only one in',
      ONE_EACH,
      {
        one: `concurrency: { group: g }\n${steps(nested('x', 'a', 'b'))}`,
        two: `concurrency: { group: g }\n${steps(nested('y', 'b', 'a'))}`,
      },
    ],
    [
      'of locks one after the other',
      ONE_EACH,
      { one: steps(hold('x', 'a: 1', work('w')), hold('y', 'a: 1', work('v'))) },
    ],
    [
      'of branches of a choice, of which one runs',
      ONE_EACH,
      {
        one: steps(
          hold(
            'g',
            'gate: 1',
            `{ id: c, choose: [{ if: "{% $input.x = 1 %}", steps: [${nested('x', 'a', 'b')}] }, { else: true, steps: [${nested('y', 'b', 'a')}] }] }`.replace(
              'else: true',
              'if: "{% $input.x = 2 %}"',
            ),
          ),
        ),
      },
    ],
    [
      'of iterations one at a time',
      '{ a: 2, gate: 1 }',
      {
        one: steps(
          hold(
            'g',
            'gate: 1',
            `{ id: f, forEach: "{% [1, 2] %}", as: n, maxConcurrency: 1, steps: [${nested('x', 'a', 'a')}] }`,
          ),
        ),
      },
    ],
    [
      'of iterations of which never enough run at once',
      '{ a: 4, gate: 1 }',
      {
        one: steps(
          hold(
            'g',
            'gate: 1',
            `{ id: f, forEach: "{% [1, 2] %}", as: n, maxConcurrency: 3, steps: [${nested('x', 'a', 'a')}] }`,
          ),
        ),
      },
    ],
    [
      'of what is done about a failure, when the units have been given back',
      '{ a: 1 }',
      {
        one: steps(
          `{ id: x, lock: { pools: { a: 1 }, steps: [${work('w')}] }, catch: [{ steps: [${hold('y', 'a: 1', work('v'))}] }] }`,
        ),
      },
    ],
    [
      'of a lock that gives up',
      ONE_EACH,
      {
        one: steps(
          hold('x', 'a: 1', `{ id: in, lock: { pools: { b: 1 }, timeout: 5m, steps: [${work('w')}] } }`),
        ),
        two: steps(nested('y', 'b', 'a')),
      },
    ],
    [
      'of a workflow that is called and not waited for',
      '{ a: 1 }',
      { one: steps(hold('x', 'a: 1', '{ id: call, workflow: { name: one, await: false } }')) },
    ],
    [
      'of a group that refuses instead of letting wait',
      '{}',
      {
        one: `concurrency: { group: g, overflow: reject }\n${steps('{ id: call, workflow: { name: one } }')}`,
      },
    ],
    [
      'of groups whose name is an expression',
      '{}',
      {
        one: `concurrency: { group: "{% $input.site %}" }\n${steps('{ id: call, workflow: { name: one } }')}`,
      },
    ],
  ])('%s', (_, pools, workflows) => {
    expect(lockFindings(pools, workflows)).toEqual([]);
  });

  test('where the units of a pool are not known', () => {
    const source = Source.parse(
      'w.yaml',
      `stepwright: 1\nname: w\nversion: 1.0.0\n${steps(nested('x', 'a', 'a'))}`,
    );
    const files = {
      folder: '.',
      file: undefined,
      neighbours: [],
      commands: [],
      documents: [],
      workflows: [source],
    };
    expect(validateProject(files)).toEqual([]);
  });
});

test('a file that stands beside takes part, and is told of only with one that was asked for', () => {
  const source = (name: string, fields: string): Source =>
    Source.parse(`${name}.yaml`, `stepwright: 1\nname: ${name}\nversion: 1.0.0\n${fields}`);
  const project = {
    folder: '.',
    commands: [],
    documents: [],
    file: Source.parse('stepwright.yaml', `stepwright: 1\npools: ${ONE_EACH}`),
  };
  const [one, two, three] = [
    source('one', steps(nested('x', 'a', 'b'))),
    source('two', steps(nested('y', 'b', 'a'))),
    source('three', steps(hold('z', 'c: 1', work('w')))),
  ];
  const found = (workflows: Source[], neighbours: Source[]) =>
    validateProject({ ...project, workflows, neighbours }).map(({ code, file }) => `${code} ${file}`);
  expect(found([two], [one, three])).toEqual(['SW1532 two.yaml']);
  expect(found([three], [one, two])).toEqual([]);
});

test('a thousand workflows that lock across each other are told of in bounded time', () => {
  const pools = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const workflows = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => {
      const [outer, inner] = [pools[index % 40] ?? '', pools[(index * 7 + 3) % 40] ?? ''];
      return [`w${index}`, steps(nested('x', outer, inner))];
    }),
  );
  const started = performance.now();
  const found = lockFindings(`{ ${pools.map((pool) => `${pool}: 1`).join(', ')} }`, workflows);
  expect(found.length).toBeGreaterThan(10);
  expect(performance.now() - started).toBeLessThan(10_000);
});
