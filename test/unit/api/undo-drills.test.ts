import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import type { JsonObject } from '#core/json.ts';
import { digestOf } from '#executions/undo-drill.ts';
import { replayAlerts } from '#monitoring/alerts/replay.ts';
import { type MonitoringEvent, schemaOfKind } from '#monitoring/events/event.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';
import { alertFile, HOUR } from '../../support/alerts.ts';

const TOUR = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: open, command: gate.open, device: gate, compensate: { command: gate.shut } }
  - { id: lift, command: arm.lift, device: gate, compensate: { command: arm.lower } }
  - { id: look, command: look, device: gate }
`;
const DRILL = '/v1/workflows/tour/versions/1.0.0/drill';

let world: World;
let api: ApiCalls;
let following: { close(): void };
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'gate' }] });
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
  following = world.monitoring.follow(world.ports);
  await api.good('POST', '/v1/workflows', { body: TOUR });
});
afterEach(() => {
  following.close();
  world[Symbol.dispose]();
});

const proven = (step: string) => ({ step, isProven: true });
const drilled = (...steps: readonly JsonObject[]) => json({ digest: digestOf(TOUR), steps: [...steps] });

async function events(...kinds: readonly string[]): Promise<readonly MonitoringEvent[]> {
  await world.quiet();
  const { entries } = await world.monitoring.log.read({ after: '0', filter: {}, limit: 1_000 });
  for (const { event } of entries)
    expect(schemaOfKind(event.kind).safeParse(event).error?.issues, event.id).toBeUndefined();
  return entries.map(({ event }) => event).filter(({ kind }) => kinds.includes(kind));
}

async function start(): Promise<void> {
  await api.good('POST', '/v1/workflows/tour/executions', json({}));
}

test('of a version that was not drilled, no undo is proven', async () => {
  expect((await api.good('GET', DRILL)).document).toEqual({
    ...{ workflow: 'tour', version: '1.0.0', undos: 2, unproven: 2 },
    steps: ['open', 'lift'].map((step) => ({ step, isProven: false, reason: 'it was not drilled yet' })),
  });
});

test('what the last drill has found is on record, and what it says nothing of is not proven', async () => {
  const { document } = await api.good('PUT', DRILL, drilled(proven('open'), proven('look'), proven('none')));
  expect(document).toMatchObject({
    ...{ drilledAt: '2026-01-01T00:00:00.000Z', undos: 2, unproven: 1 },
    steps: [proven('open'), { step: 'lift', isProven: false, reason: 'the drill says nothing of it' }],
  });
  expect((await api.good('GET', DRILL)).document).toEqual(document);
  await world.clock.advance(1_000);
  const failed = { step: 'open', isProven: false, reason: 'x'.repeat(10_000) };
  await api.good('PUT', DRILL, drilled(failed, proven('lift')));
  expect((await api.good('GET', DRILL)).document).toMatchObject({
    ...{ drilledAt: '2026-01-01T00:00:01.000Z', unproven: 1 },
    steps: [{ step: 'open', reason: 'x'.repeat(200) }, proven('lift')],
  });
  expect((await events('workflow.drilled')).map(({ at, version, data }) => [at, version, data])).toEqual([
    ['2026-01-01T00:00:00.000Z', '1.0.0', { undos: 2, unproven: 1 }],
    ['2026-01-01T00:00:01.000Z', '1.0.0', { undos: 2, unproven: 1 }],
  ]);
});

test('a version that changes in other ways tells of no drill', async () => {
  await api.good('PUT', DRILL, drilled(proven('open'), proven('lift')));
  await api.good('POST', '/v1/workflows/tour/versions/1.0.0/deprecate', json({ reason: 'old' }));
  expect(await events('workflow.drilled')).toHaveLength(1);
});

test('a drill of another text, or of what is not published, is not put on record', async () => {
  const other = json({ digest: digestOf(`${TOUR}# changed`), steps: [proven('open'), proven('lift')] });
  expect(await api.problem('PUT', DRILL, other)).toMatchObject({ code: 'SW4021' });
  const path = '/v1/workflows/tour/versions/2.0.0/drill';
  expect(await api.problem('PUT', path, drilled())).toMatchObject({ code: 'SW4043' });
  expect(await api.problem('GET', path)).toMatchObject({ code: 'SW4043' });
  expect(await api.problem('PUT', DRILL, json({ digest: 'none', steps: [] }))).toMatchObject({
    code: 'SW4001',
  });
  expect((await api.good('GET', DRILL)).document).toMatchObject({ unproven: 2 });
  expect(await events('workflow.drilled')).toEqual([]);
});

test('rules find executions that began while an undo was not proven, and none after it was', async () => {
  await start();
  await api.good('PUT', DRILL, drilled(proven('open')));
  await start();
  await api.good('PUT', DRILL, drilled(proven('open'), proven('lift')));
  await start();
  const started = await events('execution.started');
  expect(started.map(({ data }) => data['unprovenUndos'])).toEqual([2, 1, undefined]);
  const file = alertFile(`
rules:
  - id: unproven
    severity: warning
    by: [workflow, version]
    when: { threshold: { metric: undo.unproven, above: 0, over: 1h } }`);
  const replay = await replayAlerts(file, started, { afterMs: 2 * HOUR });
  expect(replay.alerts.map(({ alert: { status, by, value } }) => [status, by, value])).toEqual([
    ['FIRING', { workflow: 'tour', version: '1.0.0' }, 2],
    ['RESOLVED', { workflow: 'tour', version: '1.0.0' }, 2],
  ]);
  const calm = await replayAlerts(file, started.slice(2), { afterMs: 2 * HOUR });
  expect(calm.alerts).toEqual([]);
});

test('more of them than usual are an anomaly, for which the others do not count', async () => {
  await start();
  const [unproven] = await events('execution.started');
  if (unproven === undefined) throw new Error('nothing was started');
  const at = Date.parse(unproven.at);
  const { unprovenUndos: _, ...rest } = unproven.data;
  const many = (hour: number, count: number, data = unproven.data): readonly MonitoringEvent[] =>
    Array.from({ length: count }, (_, n) => {
      const moment = new Date(at + hour * HOUR + n * 1_000).toISOString();
      return { ...unproven, id: `execution.started/${hour}-${n}-${count}`, at: moment, data };
    });
  const file = alertFile(`
rules:
  - id: more
    severity: warning
    when: { anomaly: { metric: undo.unproven, direction: above, season: none, over: 1h } }`);
  const usual = Array.from({ length: 12 }, (_, hour) => many(hour, 2)).flat();
  const firesWith = async (more: readonly MonitoringEvent[]) =>
    (await replayAlerts(file, [...usual, ...more], { afterMs: HOUR })).alerts.length > 0;
  expect(await firesWith(many(12, 40))).toBe(true);
  expect(await firesWith(many(12, 40, rest))).toBe(false);
});
