import { expect, test } from 'vitest';
import { wholeHistory } from '#executions/describe.ts';
import { getExecution } from '#executions/execution-store.ts';
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

async function record(text: string): Promise<Recording> {
  using world = await World.create({ devices: [{ id: 'pump' }] });
  const id = await world.start(text, { n: 1 });
  await world.settle(id);
  const { machine, workflow, version, status, error, input } = await getExecution(world.ports.table, id);
  const events = await wholeHistory(world.ports.engine, { machine, name: id });
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
