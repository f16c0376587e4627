import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasErrors } from '#core/diagnostic.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { type ReadWorkflow, readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';

const HEAD = 'stepwright: 1\nname: tested\nversion: 1.0.0\n';

function read(text: string): ReadWorkflow {
  return readWorkflow(Source.parse('f.yaml', text));
}

function workflowOf(fields: string): Workflow {
  const { workflow, diagnostics } = read(HEAD + fields);
  expect(diagnostics).toEqual([]);
  if (workflow === undefined) throw new Error('there is no workflow');
  return workflow;
}

function stepOf(fields: string): Step {
  const [step] = workflowOf(`steps:\n  - ${fields}\n`).steps;
  if (step === undefined) throw new Error('there is no step');
  return step;
}

describe('what an author leaves out', () => {
  test('of a command has its defaults', () => {
    expect(stepOf('{ id: a, command: meter.read, device: m }')).toEqual({
      ...{ kind: 'command', id: 'a', title: undefined, at: 'steps[0]', if: undefined, needs: undefined },
      ...{ command: 'meter.read', device: 'm', with: {}, timeoutMs: 60_000, expiresMs: 0, priority: 500 },
      ...{ retry: undefined, catch: undefined, expect: undefined, compensate: undefined },
      ...{ on: undefined, verify: undefined, isPivot: false },
      ...{ await: 'response', cache: undefined, uses: undefined, output: undefined },
      ...{ verify: undefined, isPivot: false },
    });
  });

  test('of a retry has its defaults', () => {
    expect(stepOf('{ id: a, devices: {}, retry: {} }')).toMatchObject({
      retry: {
        attempts: 3,
        delayMs: 1_000,
        backoff: 2,
        maxDelayMs: undefined,
        jitter: 'none',
        on: undefined,
      },
    });
  });

  test('of commands is taken from the defaults of the workflow, of other steps not', () => {
    const { steps } = workflowOf(`
defaults: { timeout: 5s, retry: { attempts: 2, delay: 3s, maxDelay: 1m, jitter: full, on: [A.B] } }
steps:
  - { id: a, command: x, device: d, compensate: { command: y } }
  - { id: b, command: x, device: d, timeout: 1s, retry: { attempts: 1 }, compensate: { command: y, timeout: 9s } }
  - { id: c, devices: {} }
`);
    const retry = {
      attempts: 2,
      delayMs: 3_000,
      backoff: 2,
      maxDelayMs: 60_000,
      jitter: 'full',
      on: ['A.B'],
    };
    expect(steps).toMatchObject([
      { timeoutMs: 5_000, retry, compensate: { timeoutMs: 5_000, with: {}, device: undefined } },
      { timeoutMs: 1_000, retry: { attempts: 1 }, compensate: { timeoutMs: 9_000 } },
      { retry: undefined },
    ]);
  });
});

describe('what an author writes', () => {
  test.each([
    [
      'needs of success',
      '{ id: a, needs: [b], wait: { for: 1s } }',
      { needs: [{ step: 'b', outcome: 'succeeded' }] },
    ],
    [
      'needs of failure',
      '{ id: a, needs: [b.failed], wait: { for: 1s } }',
      { needs: [{ step: 'b', outcome: 'failed' }] },
    ],
    ['no needs', '{ id: a, needs: [], wait: { for: 1s } }', { needs: [] }],
    [
      'needs of an unknown outcome',
      '{ id: a, needs: [b.won], wait: { for: 1s } }',
      { needs: [{ step: 'b.won' }] },
    ],
    ['a condition', '{ id: a, if: "{% $x %}", wait: { for: 1s } }', { if: '$x' }],
    ['a title', '{ id: a, name: Pause, wait: { for: 1s } }', { title: 'Pause' }],
    ['a wait', '{ id: a, wait: { for: 1h30m } }', { wait: { ms: 5_400_000 } }],
    ['a wait by expression', '{ id: a, wait: { for: "{% $n %}" } }', { wait: { seconds: '$n' } }],
    [
      'a wait until',
      '{ id: a, wait: { until: "2030-01-01T00:00:00Z" } }',
      { wait: { until: '2030-01-01T00:00:00Z' } },
    ],
    [
      'a selection',
      '{ id: a, devices: { where: "x = 1", requires: { ota: ">=2" } } }',
      { where: 'x = 1', requires: { ota: '>=2' } },
    ],
    ['a set', '{ id: a, set: { x: [1] } }', { values: { x: [1] } }],
    ['an end', '{ id: a, succeed: true }', { kind: 'succeed', output: undefined }],
    ['an end with output', '{ id: a, succeed: { output: null } }', { kind: 'succeed', output: null }],
    ['a failure', '{ id: a, fail: { error: A.B, cause: why } }', { error: 'A.B', cause: 'why' }],
    ['what goes on', '{ id: a, devices: {}, catch: continue }', { catch: [{ on: undefined, steps: [] }] }],
    [
      'a clause without steps',
      '{ id: a, devices: {}, catch: [{ on: [A.B] }] }',
      { catch: [{ on: ['A.B'], steps: [] }] },
    ],
    [
      'a name for the item',
      '{ id: a, forEach: "{% $x %}", as: d, steps: [{ id: b, wait: { for: 1s } }] }',
      { items: '$x', as: 'd' },
    ],
    [
      'no name for the item',
      '{ id: a, forEach: "{% $x %}", steps: [{ id: b, wait: { for: 1s } }] }',
      { as: 'item' },
    ],
  ])('%s is in the model', (_, fields, model) => {
    expect(stepOf(fields)).toMatchObject(model);
  });

  test('steps inside others know where they stand', () => {
    const { steps } = workflowOf(`
steps:
  - id: a
    parallel: { left: [{ id: b, wait: { for: 1s } }] }
    catch: [{ steps: [{ id: c, wait: { for: 1s } }] }]
  - id: d
    choose:
      - { if: "{% $x %}", steps: [{ id: e, wait: { for: 1s } }] }
      - { else: true, steps: [{ id: f, forEach: "{% $x %}", steps: [{ id: g, wait: { for: 1s } }] }] }
`);
    expect(Object.fromEntries([...allSteps(steps)].map(({ id, at }) => [id, at]))).toEqual({
      ...{ a: 'steps[0]', b: 'steps[0].parallel.left[0]', c: 'steps[0].catch[0].steps[0]', d: 'steps[1]' },
      ...{ e: 'steps[1].choose[0].steps[0]', f: 'steps[1].choose[1].steps[0]' },
      g: 'steps[1].choose[1].steps[0].steps[0]',
    });
  });
});

describe('what is wrong in one place', () => {
  test('leaves out its step and no other', () => {
    const { workflow, ids, diagnostics } = read(
      `${HEAD}steps: [{ id: a, wait: 1 }, { id: b, wait: { for: 1s } }, 7]\n`,
    );
    expect(workflow?.steps.map(({ id, at }) => [id, at])).toEqual([['b', 'steps[1]']]);
    expect([...ids]).toEqual(['a', 'b']);
    expect(diagnostics.map(({ path }) => path)).toEqual(['steps[0].wait', 'steps[2]']);
  });

  test('of the outermost level leaves a draft of the rest', () => {
    const { workflow, draft, ids } = read(
      'name: 7\nversion: 2.0.0\ninput: { type: object }\nsteps: [{ id: a, wait: { for: 1s } }]\n',
    );
    expect(workflow).toBeUndefined();
    expect(draft).toMatchObject({
      name: '',
      version: '2.0.0',
      inputSchema: { type: 'object' },
      steps: [{ id: 'a' }],
    });
    expect([...ids]).toEqual(['a']);
  });

  test.each([['text'], ['[1, 2]'], ['steps: text'], ['null']])('of the document %s is told', (text) => {
    const { workflow, draft, diagnostics } = read(text);
    expect([workflow, draft.steps]).toEqual([undefined, []]);
    expect(diagnostics.length).toBeGreaterThan(0);
  });
});

test('any document gives a workflow without errors, or errors', () => {
  const key = fc.constantFrom(
    'stepwright',
    'name',
    'steps',
    'id',
    'wait',
    'for',
    'parallel',
    'choose',
    'if',
    'catch',
    'needs',
    'set',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 6 }, tie('leaf'), fc.array(tie('tree')), fc.dictionary(key, tie('tree'))),
    leaf: fc.oneof(
      fc.constantFrom('a', '1s', '{% $a %}', true, 1, null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (steps) => {
      const document = { stepwright: 1, name: 'any', version: '1.0.0', steps };
      const { workflow, diagnostics } = read(JSON.stringify(document));
      expect(workflow !== undefined || hasErrors(diagnostics)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
