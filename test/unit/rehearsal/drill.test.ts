import { expect, test } from 'vitest';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import { drillWorkflow } from '#rehearsal/drill/drill.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
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

test('undo of a call over HTTP is proven by its service, also when it fails, its answer is lost, or the engine dies', async () => {
  const book = (undo: string) => `
  - id: book
    http: { method: POST, url: https://booking.example.com/slots }
    compensate: { http: { method: DELETE, url: "${undo}" } }
  - { id: check, command: probe, device: pump }`;
  const steps = book("{% 'https://booking.example.com/slots/' & $result.body.id %}");
  const rehearsed = smallWorld(steps, { answers: [{ http: [{ method: 'POST', body: { id: 'x' } }] }] });
  expect(await drillWorkflow(rehearsed.workflows[0], [{ name: 'as it is', rehearsed }])).toMatchObject([
    { step: 'book', undo: 'DELETE https://booking.example.com/slots/x', isProven: true },
  ]);
  const broken = smallWorld(steps, {
    answers: [{ http: [{ method: 'DELETE', status: 403 }, { body: { id: 'x' } }] }],
  });
  expect(await drillWorkflow(broken.workflows[0], [{ name: 'as it is', rehearsed: broken }])).toMatchObject([
    {
      isProven: false,
      reason: 'undo works: the undo at booking.example.com was given up: Http.ClientError',
    },
  ]);
});

test('what is injected into the undo of a call happens to it', async () => {
  const steps = `
  - id: book
    http: { method: POST, url: https://booking.example.com/slots }
    compensate: { http: { method: DELETE, url: https://booking.example.com/slots/x } }
  - { id: late, fail: { error: Plan.Full } }`;
  const tries = async (injection: Injection) => {
    const run = await rehearse(smallWorld(steps, { injections: [injection] }), 1);
    return { status: run.status, tries: run.https[0]?.undoTries };
  };
  expect(await tries({ undoFails: { step: 'book', times: 2 } })).toEqual({ status: 'ROLLED_BACK', tries: 3 });
  expect(await tries({ undoLost: { step: 'book' } })).toEqual({ status: 'ROLLED_BACK', tries: 2 });
  expect(await tries({ undoFails: { step: 'book', times: 9 } })).toEqual({
    status: 'ROLLBACK_INCOMPLETE',
    tries: 4,
  });
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
