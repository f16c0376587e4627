import { expect, test } from 'vitest';
import {
  ACQUIRE_USAGE,
  APPROVAL_USAGE,
  DECIDE_USAGE,
  EVENT_USAGE,
  GATE_USAGE,
  NOTIFY_USAGE,
  PAUSE_USAGE,
  RELEASE_USAGE,
  RUN_USAGE,
  rolloutUsage,
  TELL_USAGE,
  WATCH_USAGE,
} from '#compiler/forecast/handler-usage.ts';
import type { Usage } from '#compiler/forecast/usage.ts';
import { BLOCK_THROUGH } from '#compiler/wait-payload.ts';
import { acquireUnits, releaseUnits } from '#concurrency/lock.ts';
import { ensurePool } from '#concurrency/pool.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { Deadline } from '#deadlines/deadlines.ts';
import { decideForStep } from '#executions/decide-step.ts';
import { executionEnded } from '#executions/ended.ts';
import { joinOutcome } from '#executions/join-outcome.ts';
import { freeDevices } from '#executions/rollout/claims.ts';
import { beginPause, lookAtPause } from '#executions/rollout/pause.ts';
import { planRollout } from '#executions/rollout/plan-rollout.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { deliver } from '#notifications/deliver.ts';
import { notify } from '#notifications/notify.ts';
import { outboxNotifier } from '#notifications/outbox.ts';
import { awaitEvent } from '#signals/await-event.ts';
import { requestApproval } from '#signals/request-approval.ts';
import { publishEvent, sendSignal } from '#signals/signal.ts';
import { vote } from '#signals/vote.ts';
import { Database } from '#storage/database.ts';
import { compileText } from '#support/compile-text.ts';
import { loggedWorld, wavePolicy } from '#support/logged-world.ts';
import { meteredTable } from '#support/metered-table.ts';
import { World } from '#support/world.ts';
import { executionKeys } from '#table/keys.ts';
import { SqliteTable } from '#table/sqlite.ts';

/** A call of a handler, with a token as long as those of AWS. */
const TASK = {
  taskToken: 'T'.repeat(900),
  execution: '01M85104AZRXWGMKWRNMW9FK22',
  path: 'rollout[3].hold',
  attempt: 0,
};
const TASK_ID = `${TASK.execution}:${TASK.path}:${TASK.attempt}`;

const ENDED = {
  ...{ id: TASK.execution, workflow: 'w', version: '1.0.0', machine: 'm', status: 'SUCCEEDED', input: {} },
  ...{ startedAt: 0, endedAt: 1 },
};

function bench() {
  const { table, metered } = meteredTable(new SqliteTable(new Database(':memory:')));
  const sent: string[] = [];
  const due: string[] = [];
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const deadlines = {
    schedule: async ({ kind, id }: Deadline) => void (kind === 'delivery' && due.push(id)),
  };
  const ports = {
    ...{ table, clock, random: seededRandom(1), deadlines },
    engine: {
      ...{ succeedTask: async () => 'accepted' as const, failTask: async () => 'accepted' as const },
      ...{ heartbeatTask: async () => 'accepted' as const, describe: async () => undefined },
    },
    notifier: outboxNotifier({ table, clock, deadlines, ways: { mail: false, topics: true } }),
  };
  const delivering = {
    ...{ ...ports, mailer: undefined, makeConfidential: async () => undefined },
    ...{ secrets: { read: async () => undefined }, allowedHosts: new Set<string>() },
    topics: { publish: async (topic: string) => void sent.push(topic) },
  };
  /** Tries what has been put on its way, as the function of its queue does. */
  const deliverDue = async (): Promise<void> => {
    for (const id of due.splice(0)) await deliver(delivering, id);
  };
  return { ports, metered, sent, deliverDue };
}

type Bench = ReturnType<typeof bench>;

interface Case {
  readonly usage: Partial<Usage>;
  before?(bench: Bench): Promise<unknown>;
  run(bench: Bench): Promise<unknown>;
}

const ACQUIRE = { ...TASK, action: 'acquire', pools: { uplink: 2 } } as const;

const CASES: Readonly<Record<string, Case>> = {
  'getting units of a pool': {
    usage: ACQUIRE_USAGE,
    before: ({ ports }) => ensurePool(ports.table, 'uplink', 4),
    run: ({ ports }) => acquireUnits(ports, ACQUIRE),
  },
  'giving them back': {
    usage: RELEASE_USAGE,
    before: async ({ ports }) => {
      await ensurePool(ports.table, 'uplink', 4);
      await acquireUnits(ports, ACQUIRE);
    },
    run: ({ ports }) => releaseUnits(ports, { ...TASK, action: 'release', pools: {} }),
  },
  'watching the time of a block': {
    usage: WATCH_USAGE,
    run: ({ ports }) =>
      awaitEvent(ports, { ...TASK, action: 'await', event: BLOCK_THROUGH, bindings: {}, timeoutSeconds: 60 }),
  },
  'a rollout that waits for a time': {
    usage: PAUSE_USAGE,
    run: async ({ ports }) => {
      await beginPause(ports, { ...TASK, action: 'soak', rollout: 'rollout', seconds: 60 });
      await ports.clock.advance(60_000);
      await lookAtPause(ports, TASK_ID);
    },
  },
  'a wave that nobody holds': {
    usage: GATE_USAGE,
    run: ({ ports }) => beginPause(ports, { ...TASK, action: 'gate', rollout: 'rollout' }),
  },
  'planning a rollout over three devices, claiming them, and freeing them at its end': {
    // One write is that of the end itself.
    usage: { ...rolloutUsage(3, true), writeUnits: 1 + (rolloutUsage(3, true).writeUnits ?? 0) },
    before: ({ ports }) =>
      ports.table.put({ ...executionKeys.meta(TASK.execution), ...ENDED, status: 'RUNNING' }),
    run: async ({ ports }) => {
      const { taskToken: _token, ...task } = TASK;
      const devices = ['a', 'b', 'c'];
      await planRollout(ports, {
        ...task,
        action: 'plan',
        claim: 'refuse',
        waves: [{ rest: true }],
        devices,
      });
      await ports.table.put({ ...executionKeys.meta(TASK.execution), ...ENDED });
      await freeDevices(ports, TASK.execution);
    },
  },
  'planning a rollout that claims nothing': {
    usage: rolloutUsage(3, false),
    run: ({ ports }) => {
      const { taskToken: _token, ...task } = TASK;
      return planRollout(ports, {
        ...task,
        action: 'plan',
        waves: [{ rest: true }],
        devices: ['a', 'b', 'c'],
      });
    },
  },
  'telling the execution itself that a block is through': {
    usage: TELL_USAGE,
    before: ({ ports }) =>
      awaitEvent(ports, { ...TASK, action: 'await', event: BLOCK_THROUGH, bindings: {} }),
    run: ({ ports }) =>
      sendSignal(ports, TASK.execution, { name: BLOCK_THROUGH, data: { path: 'a', attempt: 0 } }),
  },
  'waiting for an event that comes': {
    usage: EVENT_USAGE,
    // Somebody has waited by the same field before: that is noted once.
    before: async ({ ports }) => {
      const other = { ...TASK, path: 'other', action: 'await' as const, event: 'opened' };
      await awaitEvent(ports, { ...other, where: '$event.door = 4', bindings: {} });
    },
    run: async ({ ports }) => {
      const where = '$event.door = $input.door';
      await awaitEvent(ports, {
        ...TASK,
        action: 'await',
        event: 'opened',
        where,
        bindings: { input: { door: 3 } },
      });
      await publishEvent(ports, { name: 'opened', data: { door: 3 } });
    },
  },
  'an approval that is given': {
    usage: APPROVAL_USAGE,
    run: async ({ ports }) => {
      await requestApproval(ports, {
        ...TASK,
        group: 'ops',
        quorum: 1,
        rejections: 1,
        timeoutSeconds: 3_600,
      });
      await vote(ports, TASK_ID, { by: 'ann', decision: 'approve' });
    },
  },
  'a notification': {
    usage: NOTIFY_USAGE,
    run: ({ ports }) => notify(ports, { ...TASK, topic: 'releases', message: 'done' }),
  },
};

test.each(Object.entries(CASES))('%s takes what the forecast says', async (_name, { usage, before, run }) => {
  const { ports, metered, sent, deliverDue } = bench();
  await before?.({ ports, metered, sent, deliverDue });
  Object.assign(metered, { readUnits: 0, writeUnits: 0 });

  await run({ ports, metered, sent, deliverDue });
  await deliverDue();

  const { readUnits = 0, writeUnits = 0, snsRequests = 0 } = usage;
  expect({ ...metered, snsRequests: sent.length }).toEqual({ readUnits, writeUnits, snsRequests });
});

test('starting an execution and noting its end takes what the forecast says', async () => {
  using world = await World.create();
  await publishWorkflow(world.ports, compileText('steps: [{ id: pause, wait: { for: 1h } }]'), '');
  const { table, metered } = meteredTable(world.ports.table);
  const ports = { ...world.ports, table };

  const { id, machine } = await startExecution(ports, { workflow: 'tested', input: {} });
  const ref = { machine, name: id };
  await executionEnded(ports, { ref, status: 'SUCCEEDED', output: { pause: null }, endedAt: 0 });

  expect(metered).toEqual({ readUnits: RUN_USAGE.readUnits, writeUnits: RUN_USAGE.writeUnits });
});

test('a decision of a warm function, and its outcome in the log, take what the forecast says', async () => {
  const logged = await loggedWorld();
  using world = logged.world;
  const { ports } = world;
  await logged.publish(wavePolicy('1.0.0'));
  const { table, metered } = meteredTable(ports.table);
  const asked = { decision: 'wave-policy', version: '1.0.0', input: { devices: 7 }, timeoutSeconds: 5 };
  const decide = (path: string) => decideForStep({ ...ports, table }, { ...TASK, path, ...asked });
  const writesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = metered.writeUnits;
    await work();
    return metered.writeUnits - before;
  };
  await decide('first');
  const read = metered.readUnits;
  const made = await writesOf(() => decide('second'));
  expect(metered.readUnits).toBe(read);

  await table.put({ ...executionKeys.meta(TASK.execution), ...ENDED });
  const noted = await writesOf(() => joinOutcome(table, TASK.execution));

  expect(made + noted / 2).toBe(DECIDE_USAGE.writeUnits);
});
