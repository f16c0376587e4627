import { expect, test } from 'vitest';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { Source } from '#definition/source.ts';
import { publishDecision } from '#executions/decision-store.ts';
import { getExecution } from '#executions/execution-store.ts';
import { eventsOf } from '#executions/read-history.ts';
import type { Recording } from '#rehearsal/what-if/recording.ts';
import { whatIf } from '#rehearsal/what-if/what-if.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const OLD = `
steps:
  - { id: look, command: probe, device: pump }
  - id: how
    choose:
      - { if: "{% $look.done %}", steps: [{ id: flash, command: install, device: pump, with: { release: 2.0.0 } }] }
  - { id: tell, notify: { topic: news, message: done } }
`;

type Decision = Parameters<typeof publishDecision>[1];

/** Half of what it is asked with, or another part. */
function share(expression: string): Decision {
  const source = Source.parse(
    'share.yaml',
    `stepwright: 1\ndecision: share\nversion: 1.0.0\ninputs: { n: { type: number } }\noutputs: { part: { type: number } }\nexpression: { part: "{% ${expression} %}" }\n`,
  );
  const file = readDecisionFile(source);
  if (file === undefined) throw new Error('the decision has not its shape');
  return { source, file, uses: {} };
}

async function record(text: string, decisions: readonly Decision[] = []): Promise<Recording> {
  using world = await World.create({ devices: [{ id: 'pump' }] });
  for (const decision of decisions) await publishDecision(world.ports, decision);
  const id = await world.start(text, { n: 1 });
  await world.settle(id);
  const { machine, workflow, version, status, error, input } = await getExecution(world.ports.table, id);
  const events = await eventsOf(world.ports.engine, { machine, name: id });
  return { id, workflow, version, status, error, input, events };
}

test('the version that was recorded does the same', async () => {
  const found = await whatIf(await record(OLD), compileText(OLD));
  expect(found.tasks).toEqual(['look', 'how.flash', 'tell'].map((step) => ({ kind: 'same', step })));
  expect(found).toMatchObject({ skipped: [], replayed: { status: 'SUCCEEDED' } });
});

test('other arguments are told place by place, and answered as recorded', async () => {
  const found = await whatIf(await record(OLD), compileText(OLD.replace('release: 2.0.0', 'release: 3.0.0')));
  expect(found.tasks[1]).toEqual({
    ...{ kind: 'changed', step: 'how.flash' },
    changes: [{ at: 'with.release', from: '2.0.0', to: '3.0.0' }],
  });
  expect(found.replayed).toMatchObject({ status: 'SUCCEEDED' });
});

test('a step that is not done any more is skipped', async () => {
  const found = await whatIf(await record(OLD), compileText(OLD.replace('$look.done', '$look.done = false')));
  expect(found.skipped).toEqual(['how.flash']);
  expect(found.tasks.map(({ step }) => step)).toEqual(['look', 'tell']);
});

test('at a step of which nothing is recorded it stops, and says so', async () => {
  const more = OLD.replace(
    '  - { id: tell',
    '  - { id: again, command: probe, device: gate }\n  - { id: tell',
  );
  const found = await whatIf(await record(OLD), compileText(more));
  expect(found.tasks.at(-1)).toMatchObject({ kind: 'not recorded', step: 'again', args: { device: 'gate' } });
  expect(found).toMatchObject({ replayed: undefined, skipped: ['tell'] });
});

test('a failure that was recorded can be caught by a new version', async () => {
  const failing = `
steps:
  - { id: look, command: probe, device: nowhere }
`;
  const caught = failing.replace('device: nowhere }', 'device: nowhere, catch: continue }');
  const recording = await record(failing);
  expect(recording).toMatchObject({ status: 'FAILED', error: 'Device.Unknown' });
  expect(await whatIf(recording, compileText(failing))).toMatchObject({
    replayed: { error: 'Device.Unknown' },
  });
  expect(await whatIf(recording, compileText(caught))).toMatchObject({ replayed: { status: 'SUCCEEDED' } });
});

const ASKS = `
steps:
  - { id: pace, decide: { decision: share, input: { n: 8 } } }
  - id: how
    choose:
      - { if: "{% $pace.part > 3 %}", steps: [{ id: look, command: probe, device: pump }] }
`;
const HALF = share('$input.n / 2');

test('a decision is decided anew, and one that comes out the same is as recorded', async () => {
  const found = await whatIf(await record(ASKS, [HALF]), compileText(ASKS), [HALF]);
  expect(found.tasks).toEqual(['pace', 'how.look'].map((step) => ({ kind: 'same', step })));
});

test('a decision that comes out otherwise is told, and the run goes on with what it decides', async () => {
  const found = await whatIf(await record(ASKS, [HALF]), compileText(ASKS), [share('$input.n / 4')]);
  expect(found.tasks).toEqual([
    { kind: 'changed', step: 'pace', changes: [{ at: 'decides.part', from: 4, to: 2 }] },
  ]);
  expect(found).toMatchObject({ skipped: ['how.look'], replayed: { status: 'SUCCEEDED' } });
});

test('a decision of which nothing is recorded is decided, and the run goes on', async () => {
  const more = ASKS.replace(
    '  - id: how',
    '  - { id: again, decide: { decision: share, input: { n: 2 } } }\n  - id: how',
  );
  const found = await whatIf(await record(ASKS, [HALF]), compileText(more), [HALF]);
  expect(found.tasks).toMatchObject([
    { kind: 'same', step: 'pace' },
    { kind: 'decided', step: 'again', end: { kind: 'succeeded', output: { part: 1 } } },
    { kind: 'same', step: 'how.look' },
  ]);
  expect(found).toMatchObject({ skipped: [], replayed: { status: 'SUCCEEDED' } });
});

test('a decision that fails now and did not then is told with its error', async () => {
  const found = await whatIf(await record(ASKS, [HALF]), compileText(ASKS.replace('n: 8', 'n: eight')), [
    HALF,
  ]);
  expect(found.tasks).toMatchObject([
    {
      kind: 'changed',
      changes: [
        { at: 'input.n', from: 8, to: 'eight' },
        { at: 'decides', to: undefined },
        { at: 'fails', from: undefined, to: 'Decision.InvalidInput' },
      ],
    },
  ]);
  expect(found.replayed).toMatchObject({ status: 'FAILED', error: 'Decision.InvalidInput' });
});

test('an execution with child executions, or a version that has them, is refused', async () => {
  const wide = OLD.replace(
    /steps:/,
    'steps:\n  - { id: wide, forEach: "{% [1] %}", maxConcurrency: 50, steps: [{ id: x, set: { y: 1 } }] }',
  );
  await expect(whatIf(await record(OLD), compileText(wide))).rejects.toMatchObject({ code: 'SW3085' });
  await expect(whatIf(await record(wide), compileText(OLD))).rejects.toMatchObject({ code: 'SW3085' });
});
