import validateMachine from 'asl-validator';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { startAlerts } from '#embedded/alerts.ts';
import { noMachine } from '#engine/faults.ts';
import { makeAlertLink } from '#monitoring/alerts/alert-links.ts';
import { alertPager } from '#monitoring/alerts/alert-pager.ts';
import type { AlertRunner } from '#monitoring/alerts/alert-runner.ts';
import { escalate, tellEscalations } from '#monitoring/alerts/escalation/escalate.ts';
import { escalatingPager } from '#monitoring/alerts/escalation/escalating-pager.ts';
import { escalationMachines, escalationRef } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { EscalateRequestSchema } from '#monitoring/alerts/escalation/escalation-task.ts';
import { publishAlertGroup } from '#monitoring/alerts/publish-alerts.ts';
import type { Page } from '#monitoring/alerts/records/paging-record.ts';
import { replayAlerts } from '#monitoring/alerts/replay.ts';
import { type Escalation, escalationSteps } from '#monitoring/alerts/routing/escalation.ts';
import { listAlerts } from '#monitoring/alerts/store/alert-store.ts';
import { acknowledgeAlert, resolveAlert } from '#monitoring/alerts/store/answer-alert.ts';
import { findPaging, openPagings } from '#monitoring/alerts/store/paging-store.ts';
import { putSilence } from '#monitoring/alerts/store/silence-store.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { EventRecorder } from '#monitoring/feed/recorder.ts';
import { listNotifications } from '#notifications/notification.ts';
import { World } from '#support/world.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { alertFile, ended, HOUR, MINUTE, SECOND } from '../../../support/alerts.ts';

const RULES = `
rules:
  - id: failing
    severity: warning
    by: [workflow]
    when: { rate: { of: execution.failed, above: 0, over: 6h } }
receivers:
  ana: { webhook: { url: "https://ana.example.com" } }
  ben: { webhook: { url: "https://ben.example.com" } }
`;
const TWO_LEVELS = `${RULES}
escalations: { trouble: { rounds: 2, levels: [{ to: [ana], repeat: 5m }, { after: 15m, to: [ben] }] } }
routes: [{ escalate: trouble, groupBy: [alert], wait: 30s }]
`;

/** All of Stepwright, with alerts, on a clock of its own. */
class Watched {
  readonly world: World;
  readonly runner: AlertRunner;
  readonly events: MonitoringEvent[] = [];
  readonly start: number;

  static async create(rules: string): Promise<Watched> {
    const world = await World.create();
    const text = `stepwright: 1\nalerts: plant\n${rules}`;
    await publishAlertGroup(world.ports, { text, file: alertFile(rules) });
    return new Watched(world);
  }

  private constructor(world: World) {
    this.world = world;
    const { monitoring, ports } = world;
    const onDefect = (error: unknown): number => world.defects.push(error);
    this.runner = startAlerts({ monitoring, ports, pager: alertPager(ports), onDefect });
    this.start = world.clock.now();
  }

  get ports() {
    return this.world.ports;
  }

  async fail(id: string, workflow = 'rollout'): Promise<void> {
    const event = ended(id, this.world.clock.now(), { workflow });
    this.events.push(event);
    const { changes } = this.world.monitoring;
    if (changes instanceof EventRecorder) await changes.record([event]);
  }

  async run(ms: number): Promise<void> {
    const { clock } = this.world;
    for (const end = clock.now() + ms; clock.now() < end; ) {
      if ((clock.nextAt() ?? end) >= end) await clock.advance(end - clock.now());
      else await clock.advanceToNext();
      await this.world.quiet();
      await this.runner.look();
      await this.world.quiet();
    }
  }

  async only() {
    const { alerts } = await listAlerts(this.ports.table, {}, {});
    const [alert] = alerts;
    if (alert === undefined || alerts.length > 1) throw new Error(`${alerts.length} alerts`);
    return alert;
  }

  async paging() {
    const [paging] = await openPagings(this.ports.table);
    if (paging === undefined) throw new Error('no paging');
    return paging;
  }

  /** The execution of the escalation that was begun last. */
  async execution(rules = TWO_LEVELS) {
    const { id: incident, escalatedAt: at = 0 } = await this.paging();
    const machine = escalationMachines(alertFile(rules)).get('trouble');
    return escalationRef(machine ?? { name: '' }, { incident, at });
  }

  /** When was told what, in minutes from the start. */
  async told(): Promise<readonly string[]> {
    const day = new Date(this.start).toISOString().slice(0, 10);
    const { notifications } = await listNotifications(this.ports.table, { day });
    const pages = notifications.map(({ id, sentAt, subject = '', message }) => ({
      ...{ id, sentAt, subject },
      state: JSON.stringify(message).match(/"state":"(\w+)"/)?.[1] ?? '',
    }));
    return pages
      .sort((one, other) => one.sentAt - other.sentAt || (one.id < other.id ? -1 : 1))
      .map(({ sentAt, state }) => `${((sentAt - this.start) / MINUTE).toFixed(1)} ${state}`);
  }

  close(): void {
    this.runner.close();
    this.world[Symbol.dispose]();
  }
}

const opened: Watched[] = [];
afterEach(() => {
  for (const watched of opened.splice(0)) watched.close();
});

async function begin(rules = TWO_LEVELS): Promise<Watched> {
  const watched = await Watched.create(rules);
  opened.push(watched);
  await watched.run(SECOND);
  return watched;
}

const duration = (most: number) => fc.integer({ min: 1, max: most }).map((seconds) => `${seconds}s`);
const anEscalation: fc.Arbitrary<Escalation> = fc.record(
  {
    levels: fc.array(
      fc.record(
        { to: fc.constant(['ana']), after: duration(1_800), repeat: duration(900) },
        { requiredKeys: ['to', 'after'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
    rounds: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ['levels'] },
);

test('whatever the levels, the machine of an escalation comes to its steps when the plan says', async () => {
  await fc.assert(
    fc.asyncProperty(anEscalation, async (escalation) => {
      const calls: { readonly step: number; readonly at: number }[] = [];
      const world = await World.create({
        task: (token, called) =>
          token !== MACHINE_TOKENS.escalate
            ? called
            : async (payload) => {
                calls.push({ step: EscalateRequestSchema.parse(payload).step, at: world.clock.now() });
                return null;
              },
      });
      const machine = escalationMachines({ alerts: 'plant', escalations: { trouble: escalation } });
      const { name = '', definition = {} } = machine.get('trouble') ?? {};
      expect(name).toMatch(/^escalation_plant_trouble_[0-9a-f]{8}$/);
      await world.ports.engine.deploy({ name, definition });
      const start = world.clock.now();
      const ref = { machine: name, name: 'one' };
      await world.ports.engine.start(ref, { paging: 'p', incident: 'i', begun: start, step: 1 });
      await world.until(async () => (await world.ports.engine.describe(ref))?.status !== 'RUNNING');
      expect((await world.ports.engine.describe(ref))?.output).toEqual({ end: 'unanswered' });
      expect(calls).toEqual(
        escalationSteps(escalation).map(({ afterMs }, index) => ({ step: index + 1, at: start + afterMs })),
      );
      world[Symbol.dispose]();
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('an escalation is run by the engine, until somebody acknowledges', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(17 * MINUTE);
  const ref = await watched.execution();
  expect(await watched.told()).toEqual(['0.6 firing', '5.6 escalated', '10.6 escalated', '15.6 escalated']);
  expect(await watched.paging()).toMatchObject({ reached: 4, steps: 4 });
  expect(await watched.ports.engine.describe(ref)).toMatchObject({ status: 'RUNNING' });
  await acknowledgeAlert(watched.ports, (await watched.only()).id, { by: 'ana' });
  await watched.run(MINUTE);
  expect(await watched.ports.engine.describe(ref)).toMatchObject({
    ...{ status: 'SUCCEEDED', output: { end: 'acknowledged' } },
  });
  await watched.run(HOUR);
  expect(await watched.told()).toHaveLength(4);
  // What comes after that begins it anew, in an execution of its own.
  await watched.fail('e2', 'other');
  await watched.run(7 * MINUTE);
  expect((await watched.told()).slice(4)).toEqual(['78.6 firing', '83.6 escalated']);
  const next = await watched.execution();
  expect([next.name === ref.name, next.machine]).toEqual([false, ref.machine]);
  const { alerts } = await listAlerts(watched.ports.table, {}, {});
  for (const { id } of alerts) await resolveAlert(watched.ports, id, { by: 'ana' });
  await watched.run(MINUTE);
  expect(await watched.ports.engine.describe(next)).toMatchObject({ output: { end: 'over' } });
  expect(watched.world.defects).toEqual([]);
});

test('what comes while it runs is told within it, and takes no step twice', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(12 * MINUTE);
  await watched.fail('e2', 'other');
  await watched.run(8 * MINUTE);
  expect(await watched.told()).toEqual([
    ...['0.6 firing', '5.6 escalated', '10.6 escalated'],
    // Its step is due within a minute: it is done with the same page.
    '15.6 firing',
  ]);
  expect(watched.world.defects).toEqual([]);
});

test('pages are those of the replay, silences and quiet hours included', async () => {
  const rules = TWO_LEVELS.replace('[{ to: [ana], repeat: 5m }', '[{ to: [ana], repeat: 4m }').replace(
    'rounds: 2,',
    'rounds: 2, quiet: { from: "00:06", to: "00:33", timezone: UTC },',
  );
  const watched = await begin(rules);
  await watched.fail('e1');
  await watched.run(20 * MINUTE);
  await watched.fail('e2', 'other');
  await watched.run(HOUR);
  const events = [...watched.events];
  const { pages } = await replayAlerts(alertFile(rules), events, { afterMs: HOUR });
  const replayed = pages.map(({ at, kind }) => `${((at - watched.start) / MINUTE).toFixed(0)} ${kind}`);
  const told = (await watched.told()).map((line) => line.replace(/^(\S+)/, (at) => Number(at).toFixed(0)));
  expect(told).toEqual(replayed);
  expect(watched.world.defects).toEqual([]);
});

test('silenced alerts are told of when the silence ends, whatever step it has come to', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(2 * MINUTE);
  const until = watched.start + 12 * MINUTE;
  await putSilence(watched.ports, { match: {}, until, reason: 'known', createdBy: 'ana' });
  await watched.run(12 * MINUTE);
  expect(await watched.told()).toEqual(['0.6 firing', '12.0 escalated']);
});

test('an execution that stands still is gone on for by the clock', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(2 * MINUTE);
  await watched.ports.engine.stop(await watched.execution(), { error: 'Test', cause: 'stopped by hand' });
  await watched.run(15 * MINUTE);
  expect(await watched.told()).toEqual(['0.6 firing', '7.6 escalated', '12.6 escalated']);
});

test('an execution of an escalation that has begun anew, or whose rules are gone, ends with its next step', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(2 * MINUTE);
  const { key } = await watched.paging();
  const { engine, table } = watched.ports;
  const machine = (await watched.execution()).machine;
  const input = { paging: key, incident: (await watched.paging()).id, begun: 1, step: 1 };
  await engine.start({ machine, name: 'old' }, input);
  await engine.start({ machine, name: 'other' }, { ...input, incident: 'another' });
  await watched.run(SECOND);
  expect((await engine.describe({ machine, name: 'old' }))?.output).toEqual({ end: 'begun anew' });
  expect((await engine.describe({ machine, name: 'other' }))?.output).toEqual({ end: 'over' });
  expect(await findPaging(table, key)).toMatchObject({ status: 'OPEN' });
});

test('who acknowledges over the API, or by a link, ends the escalation at once, whoever looks at alerts', async () => {
  for (const how of ['api', 'link'] as const) {
    const watched = await begin();
    await watched.fail('e1');
    await watched.run(2 * MINUTE);
    watched.runner.close();
    const { id: alert } = await watched.only();
    const { key, id: incident } = await watched.paging();
    const links = { secret: async () => 's'.repeat(43), baseUrl: async () => 'https://x.example.org' };
    const ports = { ...watched.ports, engine: watched.ports.engine, links };
    const part = { kind: 'alert-link', paging: key, incident } as const;
    const { link = '' } = (await makeAlertLink(ports, part, 'ana')) ?? {};
    const token = new URL(link).searchParams.get('token') ?? '';
    const path = how === 'api' ? `/v1/alerts/${alert}/acknowledge` : '/v1/alerts/answer';
    const request = { method: 'POST', path, query: { token }, headers: {}, body: how === 'api' ? '{}' : '' };
    expect(await createApi({ ports, version: '1' })(request)).toMatchObject({ status: 200 });
    await watched.world.quiet();
    expect((await watched.ports.engine.describe(await watched.execution()))?.output).toEqual({
      end: 'acknowledged',
    });
    expect(await watched.paging()).toMatchObject({ isAcknowledged: true, outbox: [] });
    expect(watched.world.defects).toEqual([]);
  }
});

test('a step that others are quicker with each time is tried again by the engine', async () => {
  const watched = await begin();
  await watched.fail('e1');
  await watched.run(2 * MINUTE);
  const { table } = watched.ports;
  const { key: paging, id: incident, escalatedAt: begun = 0 } = await watched.paging();
  const busy: Table = {
    ...tableOf(table),
    put: async (item, condition) => {
      if (item.sk !== 'META') return table.put(item, condition);
      throw new ConditionFailed(0, await table.get(item));
    },
  };
  const pager = { page: async () => {} };
  const ports = { ...watched.ports, engine: watched.ports.engine, table: busy, pager };
  const request = { taskToken: 't', paging, incident, begun, step: 1 };
  await expect(escalate(ports, request)).rejects.toThrow('is being changed by others');
  await expect(tellEscalations(ports, [await watched.only()])).resolves.toBeUndefined();
});

function tableOf(table: Table): Table {
  return {
    get: (key) => table.get(key),
    put: (item, condition) => table.put(item, condition),
    update: (update) => table.update(update),
    delete: (key, condition) => table.delete(key, condition),
    transact: (writes) => table.transact(writes),
    putAll: (items) => table.putAll(items),
    query: (query) => table.query(query),
  };
}

test('an escalation whose machine was never deployed is deployed when it begins', async () => {
  const watched = await begin();
  const started: string[] = [];
  const deployed: string[] = [];
  const engine = {
    deploy: async ({ name }: { readonly name: string }) => void deployed.push(name),
    start: async ({ machine }: { readonly machine: string }) => {
      if (!deployed.includes(machine)) throw noMachine(machine);
      started.push(machine);
    },
    succeedTask: async () => 'gone' as const,
  };
  const pager = escalatingPager({ table: watched.ports.table, engine }, { page: async () => {} });
  const page: Page = {
    ...{ id: 'p.1', kind: 'firing', at: 1, group: 'plant', to: ['ana'], paging: 'p', incident: 'plant.i' },
    ...{ severity: 'critical', count: 0, alerts: [], begins: { escalation: 'trouble', at: 1 } },
  };
  await pager.page(page, alertFile(TWO_LEVELS));
  expect(started).toEqual(deployed);
  expect(started).toHaveLength(1);
  // One that the file does not have any more.
  await pager.page({ ...page, begins: { escalation: 'gone', at: 1 } }, alertFile(TWO_LEVELS));
  expect(started).toHaveLength(1);
  const broken = { ...engine, start: async () => Promise.reject(new Error('broken')) };
  const failing = escalatingPager({ table: watched.ports.table, engine: broken }, { page: async () => {} });
  await expect(failing.page(page, alertFile(TWO_LEVELS))).rejects.toThrow('broken');
});

test('a level that comes after some time, and levels at the same moment, are waited for', async () => {
  const file = alertFile(`${RULES}
escalations:
  late: { levels: [{ after: 1m, to: [ana], repeat: 4m }, { after: 10m, to: [ben] }, { to: [ana] }] }`);
  const { definition = {} } = escalationMachines(file).get('late') ?? {};
  expect(validateMachine(definition).errors).toEqual([]);
  const states = definition['States'];
  expect(states).toMatchObject({
    'before the first level': { Type: 'Wait', Seconds: 60, Next: 'level 1' },
    'level 1': { TimeoutSeconds: 240 },
    'level 1, for the last time': { TimeoutSeconds: 120 },
    'level 2': { TimeoutSeconds: 1 },
  });
});
