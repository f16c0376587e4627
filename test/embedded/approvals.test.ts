import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { actionsOf } from '#executions/operate/action.ts';
import { voteOnApproval } from '#executions/operate/vote.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { listNotifications } from '#notifications/notification.ts';
import { getApproval } from '#signals/approval.ts';
import { putGroup } from '#signals/group.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
  await putGroup(world.ports.table, { name: 'ops', members: ['Ada@x.org', 'bob@x.org', 'eve@x.org'] });
  await putGroup(world.ports.table, { name: 'chiefs', members: ['max@x.org', 'bob@x.org'] });
});
afterEach(() => world[Symbol.dispose]());

/** Starts a workflow that asks, and gives the ids of its execution and of its approval. */
async function asked(fields: string, by?: string) {
  const compiled = compileText(`steps: [{ id: ask, approve: { ${fields} } }]`);
  await publishWorkflow(world.ports, compiled, '');
  const { id } = await startExecution(world.ports, { workflow: compiled.name, input: {}, by });
  await world.quiet();
  return { id, approval: `${id}:ask:0` };
}

const says = (approval: string, by: string, decision: 'approve' | 'reject' = 'approve') =>
  voteOnApproval(world.ports, approval, { by, decision });

describe('a group', () => {
  test('lets its people vote, however they write themselves, and each counts once', async () => {
    const { id, approval } = await asked('group: ops, quorum: 2');
    expect(await says(approval, 'ada@X.org ')).toMatchObject({ status: 'OPEN' });
    expect(await says(approval, 'ADA@x.org')).toMatchObject({ status: 'OPEN', votes: [{ by: 'Ada@x.org' }] });
    await says(approval, 'bob@x.org');
    expect(await world.settle(id)).toMatchObject({
      output: { ask: { by: 'bob@x.org', votes: [{ by: 'Ada@x.org', via: 'api' }, { by: 'bob@x.org' }] } },
    });
  });

  test('keeps others out, and that they tried is on record', async () => {
    const { id, approval } = await asked('group: ops');
    await expect(says(approval, 'max@x.org')).rejects.toMatchObject({ code: 'SW4101', kind: 'forbidden' });
    expect(await getApproval(world.ports.table, approval)).toMatchObject({ status: 'OPEN', votes: [] });
    await says(approval, 'bob@x.org');
    const actions = await actionsOf(world.ports.table, id);
    expect(actions.find(({ by }) => by === 'max@x.org')).toMatchObject({
      ...{ operation: 'approve', refused: 'max@x.org is not of the group "ops", which is asked' },
    });
    expect(actions.find(({ by }) => by === 'bob@x.org')).toMatchObject({
      ...{ operation: 'approve', details: { path: 'ask', via: 'api' } },
    });
  });

  test('is as it is when somebody votes, not as it was when it was asked', async () => {
    const { approval } = await asked('group: ops');
    await putGroup(world.ports.table, { name: 'ops', members: ['max@x.org'] });
    await expect(says(approval, 'bob@x.org')).rejects.toMatchObject({ code: 'SW4101' });
    expect(await says(approval, 'max@x.org')).toMatchObject({ status: 'APPROVED' });
  });

  test('that is too small for its quorum fails the step at once', async () => {
    const { id } = await asked('group: chiefs, quorum: 3');
    expect(await world.settle(id)).toMatchObject({
      error: 'Approval.Impossible',
      cause: '3 of "chiefs" have to approve, and 2 may',
    });
  });
});

describe('votes', () => {
  test('reject only when as many have as the step says', async () => {
    const { id, approval } = await asked('group: ops, quorum: 2, rejections: 2');
    expect(await says(approval, 'ada@x.org', 'reject')).toMatchObject({ status: 'OPEN' });
    expect(await says(approval, 'eve@x.org')).toMatchObject({ status: 'OPEN' });
    expect(await says(approval, 'bob@x.org', 'reject')).toMatchObject({ status: 'REJECTED' });
    expect(await world.settle(id)).toMatchObject({
      error: 'Approval.Rejected',
      cause: 'Ada@x.org rejected; bob@x.org rejected',
    });
  });

  test('can be changed while the approval is open', async () => {
    const { approval } = await asked('group: ops, quorum: 2, rejections: 2');
    await says(approval, 'ada@x.org', 'reject');
    await says(approval, 'ada@x.org');
    expect(await says(approval, 'bob@x.org')).toMatchObject({ status: 'APPROVED' });
  });

  test('that come after the time is up change nothing, though nobody has looked at the clock', async () => {
    const { id, approval } = await asked('group: ops, timeout: 1h');
    await world.settle(id);
    await expect(says(approval, 'ada@x.org')).rejects.toMatchObject({ code: 'SW4026' });
    expect(await getApproval(world.ports.table, approval)).toMatchObject({ status: 'EXPIRED', votes: [] });
  });
});

describe('four eyes', () => {
  test('keep who started the execution from approving it', async () => {
    const { approval } = await asked('group: ops, not: starter', 'ADA@x.org');
    await expect(says(approval, 'ada@x.org')).rejects.toMatchObject({ code: 'SW4102', kind: 'forbidden' });
    expect(await says(approval, 'bob@x.org')).toMatchObject({ status: 'APPROVED' });
  });

  test('need somebody else to be there', async () => {
    const { id } = await asked('group: chiefs, not: starter, quorum: 2', 'bob@x.org');
    expect(await world.settle(id)).toMatchObject({
      error: 'Approval.Impossible',
      cause: '2 of "chiefs" have to approve, and 1 may, without bob@x.org',
    });
  });

  test('cannot be kept where nobody said who started it', async () => {
    const { id } = await asked('group: ops, not: starter');
    expect(await world.settle(id)).toMatchObject({ error: 'Approval.Impossible' });
  });

  test('look through workflows that call workflows', async () => {
    const child = compileText('steps: [{ id: ask, approve: { group: ops, not: starter } }]');
    await publishWorkflow(world.ports, { ...child, name: 'child' }, '');
    const parent = compileText('steps: [{ id: sub, workflow: { name: child } }]');
    await publishWorkflow(world.ports, parent, '');
    await startExecution(world.ports, { workflow: parent.name, input: {}, by: 'ada@x.org' });
    await world.quiet();
    const { notifications } = await listNotifications(world.ports.table, { day: '2026-01-01' });
    const { approvalId } = z.object({ approvalId: z.string() }).parse(notifications[0]?.message);
    expect(await getApproval(world.ports.table, approvalId)).toMatchObject({ excluded: ['ada@x.org'] });
  });
});

describe('an escalation', () => {
  test('asks another group after a while, whose people may vote from then on', async () => {
    const { id, approval } = await asked('group: ops, escalate: { after: 30m, group: chiefs }, remind: 20m');
    await expect(says(approval, 'max@x.org')).rejects.toMatchObject({ code: 'SW4101' });
    await world.until(() => world.clock.now() >= Date.UTC(2026, 0, 1, 0, 40));
    const { notifications } = await listNotifications(world.ports.table, { day: '2026-01-01' });
    expect(notifications.map(({ subject }) => subject).reverse()).toEqual([
      'ops: "ask" asks for approval',
      'ops: "ask" still waits for approval (reminder 1)',
      'chiefs: "ask" asks for approval, which ops has not decided',
      'ops and chiefs: "ask" still waits for approval (reminder 2)',
    ]);
    await says(approval, 'max@x.org');
    expect(await world.settle(id)).toMatchObject({ output: { ask: { by: 'max@x.org' } } });
  });

  test('counts who is of both groups once', async () => {
    const { approval } = await asked('group: ops, quorum: 2, escalate: { after: 1m, group: chiefs }');
    await world.until(() => world.clock.now() >= Date.UTC(2026, 0, 1, 0, 1));
    await says(approval, 'bob@x.org');
    expect(await says(approval, 'BOB@x.org')).toMatchObject({ status: 'OPEN' });
    expect(await says(approval, 'max@x.org')).toMatchObject({ status: 'APPROVED' });
  });
});
