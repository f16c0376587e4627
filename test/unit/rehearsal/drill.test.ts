import { expect, test } from 'vitest';
import { drillWorkflow } from '#rehearsal/drill/drill.ts';
import { SAGA, smallWorld } from './small-world.ts';

const drilled = (steps: string) => {
  const rehearsed = smallWorld(steps);
  return drillWorkflow(rehearsed.workflows[0], [{ name: 'as it is', rehearsed }]);
};

test('undo that puts devices back is proven, also when it fails, its answer is lost, or the engine dies', async () => {
  expect(await drilled(SAGA)).toMatchObject([
    { step: 'way', undo: 'shut', isProven: true },
    { step: 'flash', undo: 'install', isProven: true },
  ]);
});

test('undo that leaves a device otherwise than it was is not proven, and told with the field', async () => {
  const [way] = await drilled('  - { id: way, command: open, device: gate, compensate: { command: open } }');
  expect(way).toMatchObject({
    isProven: false,
    reason: 'undo works: open of gate was false, and is true after the undo',
  });
});

test('a step that no run comes to is told as never reached', async () => {
  const never = `
  - id: how
    choose:
      - { if: "{% false %}", steps: [{ id: way, command: open, device: gate, compensate: { command: shut } }] }`;
  const [way] = await drilled(never);
  expect(way).toMatchObject({ step: 'way', isProven: false, proofs: [] });
  expect(way?.reason).toContain('never reached');
  const { workflows } = smallWorld(SAGA);
  expect(await drillWorkflow(workflows[0], [])).toMatchObject([{ isProven: false }, { isProven: false }]);
});

test('a step whose failure is caught is stopped instead', async () => {
  const caught = `
  - id: block
    parallel: { only: [{ id: way, command: open, device: gate, compensate: { command: shut } }] }
    catch: continue
  - { id: look, command: probe, device: pump }`;
  expect(await drilled(caught)).toMatchObject([{ step: 'way', isProven: true }]);
});

test('iterations that are tolerated are undone alone', async () => {
  const each = `
  - id: each
    forEach: "{% ['pump'] %}"
    as: device
    tolerate: { percent: 100 }
    steps:
      - id: flash
        command: install
        device: "{% $device %}"
        with: { release: 2.0.0 }
        compensate: { command: install, with: { release: "{% $target.reported.firmware %}" } }`;
  expect(await drilled(each)).toMatchObject([{ step: 'flash', isProven: true }]);
});
