import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TURN_MS } from '#monitoring/alerts/leased-evaluation.ts';
import { listAlerts } from '#monitoring/alerts/store/alert-store.ts';
import { acknowledgeAlert, resolveAlert } from '#monitoring/alerts/store/answer-alert.ts';
import { deleteAlertGroup } from '#monitoring/alerts/store/group-store.ts';
import { alarmEvent } from '#monitoring/events/alarm-events.ts';
import { alertEvaluationKeys } from '#table/alert-evaluation-keys.ts';
import { queryAll } from '#table/table.ts';
import { AlertTurns } from '../../../support/alert-turns.ts';
import { ended, HOUR, MINUTE, presence, SECOND, START } from '../../../support/alerts.ts';

const RULES = `
rules:
  - id: failing
    severity: critical
    by: [workflow]
    when: { rate: { of: execution.failed, above: 0, over: 1h } }
receivers: { ana: { email: ana@example.com }, ben: { email: ben@example.com } }
escalations: { trouble: { rounds: 2, levels: [{ to: [ana], repeat: 5m }, { after: 15m, to: [ben] }] } }
routes: [{ escalate: trouble, groupBy: [alert], wait: 30s }]
`;

async function begin(rules = RULES, seed = 1): Promise<AlertTurns> {
  const turns = new AlertTurns(seed);
  await turns.publish(rules);
  await turns.run(10 * SECOND);
  return turns;
}

const told = (turns: AlertTurns) => turns.pages.map(({ kind, to }) => `${kind} ${to.join('+')}`);

async function open(turns: AlertTurns) {
  return (await listAlerts(turns.table, {}, {})).alerts;
}

async function only(turns: AlertTurns) {
  const [alert, ...others] = await open(turns);
  if (alert === undefined || others.length > 0) throw new Error(`${others.length} others`);
  return alert;
}

test('alerts fire, are told of, acknowledged and over, by functions each of which is new', async () => {
  const turns = await begin();
  await turns.happen(ended('e1', turns.clock.now(), { status: 'SUCCEEDED' }), ended('e2', turns.clock.now()));
  for (let minute = 0; minute < 10; minute++) {
    turns.replace();
    await turns.run(6 * SECOND);
  }
  const alert = await only(turns);
  expect(alert).toMatchObject({ status: 'FIRING', executions: ['e2'], lastGood: { execution: 'e1' } });
  expect(told(turns)).toEqual(['firing ana']);
  await acknowledgeAlert(turns, alert.id, { by: 'ana' });
  await turns.run(30 * MINUTE);
  expect(told(turns).slice(1)).toEqual(['acknowledged ana']);
  expect(turns.woken.at(-1)).toEqual({
    ...{ did: 'looked', again: true },
    counts: [{ state: 'acknowledged', severity: 'critical', count: 1 }],
  });
  await resolveAlert(turns, alert.id, { by: 'ana' });
  await turns.run(HOUR);
  expect([told(turns).slice(2), await open(turns)]).toEqual([['resolved ana'], []]);
  expect(turns.woken.at(-1)).toEqual({ did: 'looked', again: false, counts: [] });
  expect(turns.defects).toEqual([]);
});

test('where nobody has rules nothing is read but that, and rules that go end their alerts', async () => {
  const turns = new AlertTurns();
  await turns.happen(ended('e1', START));
  await turns.run(MINUTE);
  expect([turns.woken.at(-1)?.did, turns.reads]).toEqual(['nothing', 0]);
  await turns.publish(RULES);
  await turns.run(MINUTE);
  expect(await open(turns)).toHaveLength(1);
  await deleteAlertGroup(turns.table, 'plant');
  await turns.run(MINUTE);
  expect([await open(turns), turns.woken.at(-1)?.did]).toEqual([[], 'nothing']);
});

test('silence is found where nothing happens, also by who has just begun', async () => {
  const turns = new AlertTurns();
  turns.devices = [
    { id: 'p1', status: 'offline', lastSeenAt: START, registeredAt: START, zone: 'berlin' },
    { id: 'p2', status: 'online', lastSeenAt: START, registeredAt: START },
    { id: 'p3', status: 'online', lastSeenAt: START, registeredAt: START },
  ];
  await turns.publish(`
rules:
  - { id: silent, severity: warning, by: [device], when: { absence: { of: device.heartbeat, for: 10m } } }
  - { id: stuck, severity: warning, when: { threshold: { metric: alarm.age, above: 60 } } }`);
  await turns.run(MINUTE);
  await turns.happen(presence('p3', 'offline', turns.clock.now()));
  await turns.happen(alarmEvent({ name: 'cpu', isRaised: true, at: turns.clock.now(), reason: 'hot' }));
  await turns.run(MINUTE);
  turns.replace();
  await turns.run(7 * MINUTE);
  expect((await open(turns)).map(({ alert, error }) => [alert, error])).toEqual([['stuck', 'hot']]);
  await turns.run(90 * SECOND);
  expect((await open(turns)).map(({ by }) => by['device'])).toEqual(['p1', undefined]);
  await turns.happen(alarmEvent({ name: 'cpu', isRaised: false, at: turns.clock.now() }));
  turns.replace();
  await turns.run(2 * MINUTE);
  expect((await open(turns)).map(({ by }) => by['device'])).toEqual(['p3', 'p1']);
});

test('of two functions that are woken at once one looks, and nobody is told twice', async () => {
  const turns = await begin();
  const copies = [turns.begin(), turns.begin()];
  await turns.happen(ended('e1', turns.clock.now()));
  for (let second = 0; second < 120; second++) {
    await turns.clock.advance(SECOND);
    const [one, other] = await Promise.all(copies.map((copy) => turns.wake(copy)));
    expect([one?.did, other?.did]).toContain('held');
  }
  expect(told(turns)).toEqual(['firing ana']);
  expect(turns.defects).toEqual([]);
});

test('a function that dies in its turn holds up the others for no longer than that', async () => {
  const turns = await begin();
  const held = {
    key: alertEvaluationKeys.state,
    set: { holder: 'dead', heldUntil: turns.clock.now() + TURN_MS },
  };
  await turns.table.update(held);
  await turns.happen(ended('e1', turns.clock.now()));
  await turns.run(TURN_MS - 10 * SECOND);
  expect([turns.woken.at(-1), await open(turns)]).toEqual([{ did: 'held', again: true, counts: [] }, []]);
  await turns.run(30 * SECOND);
  expect(await open(turns)).toHaveLength(1);
});

test('who has lost its turn does not take what it knows for what is', async () => {
  const turns = await begin();
  const slow = turns.begin();
  await turns.wake(slow);
  await turns.run(MINUTE);
  await turns.happen(ended('e1', turns.clock.now()));
  await turns.run(MINUTE);
  const { id } = await only(turns);
  await turns.clock.advance(10 * SECOND);
  await turns.wake(slow);
  expect((await only(turns)).id).toBe(id);
  expect(told(turns)).toEqual(['firing ana']);
});

test('whose turn is over before it ends it begins anew with what others have put on record', async () => {
  const turns = await begin();
  const slow = turns.begin();
  turns.onRead = async () => {
    turns.onRead = async () => undefined;
    await turns.clock.advance(TURN_MS + SECOND);
    await turns.run(14 * SECOND);
  };
  await turns.clock.advance(5 * SECOND);
  expect(await turns.wake(slow)).toMatchObject({ did: 'looked' });
  await turns.happen(ended('e1', turns.clock.now()));
  await turns.run(MINUTE);
  await turns.clock.advance(10 * SECOND);
  await turns.wake(slow);
  await turns.run(MINUTE);
  expect([await open(turns), told(turns)]).toEqual([[expect.anything()], ['firing ana']]);
});

test('a turn that cannot even be ended is over by itself', async () => {
  const turns = await begin();
  turns.throttled = 1;
  turns.replace();
  await turns.run(10 * SECOND);
  const update = turns.table.update.bind(turns.table);
  turns.throttled = 0;
  turns.table.update = async (change) => {
    if (change.set?.['heldUntil'] === 0) throw new Error('throttled');
    return update(change);
  };
  await turns.run(7 * SECOND);
  expect(turns.defects.at(-1)).toMatchObject({ message: 'throttled' });
  turns.table.update = update;
  await turns.happen(ended('e1', turns.clock.now()));
  await turns.run(TURN_MS + 10 * SECOND);
  expect(await open(turns)).toHaveLength(1);
});

test('windows that are too large are not kept, which is told, and read again', async () => {
  const turns = await begin();
  const at = turns.clock.now();
  for (let from = 0; from < 5_000; from += 100)
    await turns.happen(
      ...Array.from({ length: 100 }, () => ended(randomBytes(1_200).toString('base64'), at)),
    );
  await turns.publish(RULES.replace('critical', 'warning'));
  await turns.run(MINUTE);
  turns.replace();
  await turns.run(6 * MINUTE);
  expect(String(turns.defects[0])).toContain('rules hold more of the past than is put on record');
  expect(turns.defects.length).toBeLessThan(5);
  expect((await only(turns)).executions).toHaveLength(20);
}, 60_000);

test('windows are put on record, and not read again; where they are lost, events are', async () => {
  const turns = await begin();
  for (let n = 0; n < 100; n++) {
    await turns.happen(ended(`e${n}`, turns.clock.now(), { workflow: `w${n % 7}`, status: 'SUCCEEDED' }));
    await turns.run(10 * SECOND);
  }
  await turns.happen(ended('last', turns.clock.now()));
  await turns.run(20 * SECOND);
  const reads = async (): Promise<number> => {
    turns.reads = 0;
    turns.replace();
    await turns.run(10 * SECOND);
    return turns.reads;
  };
  expect(await reads()).toBeLessThan(6);
  const windows = { partition: alertEvaluationKeys.partition, prefix: 'WINDOWS#' };
  const kept = await Array.fromAsync(queryAll(turns.table, windows));
  expect(kept).toHaveLength(1);
  for (const { pk, sk } of kept) await turns.table.delete({ pk, sk });
  await reads();
  expect(await only(turns)).toMatchObject({ value: 1, executions: ['last'] });
  const [damaged] = await Array.fromAsync(queryAll(turns.table, windows));
  if (damaged !== undefined) await turns.table.put({ ...damaged, text: 'AAAA' });
  await reads();
  expect(await only(turns)).toMatchObject({ value: 1, executions: ['last'] });
  expect([told(turns), turns.defects]).toEqual([['firing ana'], []]);
});

test('more events than are read in one turn are read in several, and nothing is missed meanwhile', async () => {
  const turns = await begin(RULES.replace('above: 0', 'above: 8999'));
  const at = turns.clock.now();
  for (let from = 0; from < 9_000; from += 500)
    await turns.happen(...Array.from({ length: 500 }, (_, n) => ended(`e${from + n}`, at)));
  turns.readTakesMs = 6 * SECOND;
  await turns.run(40 * SECOND);
  expect(turns.woken.at(-1)).toMatchObject({ did: 'looked', again: true });
  await turns.run(3 * MINUTE);
  const { id } = await only(turns);
  // The windows are lost while a new function has to read it all again.
  const lost = await turns.table.get(alertEvaluationKeys.state);
  const { windows: _, ...progress } = Object(lost?.['progress']);
  await turns.table.update({ key: alertEvaluationKeys.state, set: { progress } });
  turns.replace();
  await turns.run(3 * MINUTE);
  expect((await only(turns)).id).toBe(id);
  expect(turns.defects).toEqual([]);
});

test('a storm of 10,000 causes is one page for each group, also where writes are throttled', async () => {
  const turns = await begin(`
rules:
  - { id: silent, severity: critical, by: [device], when: { absence: { of: device.heartbeat, for: 1m } } }
receivers: { ana: { email: ana@example.com } }
routes: [{ to: [ana], groupBy: [zone] }]`);
  turns.devices = Array.from({ length: 10_000 }, (_, n) => ({
    ...({ id: `d${n}`, status: 'offline', registeredAt: START, zone: `hall-${n % 3}` } as const),
  }));
  for (let from = 0; from < 10_000; from += 1_000)
    await turns.happen(
      ...turns.devices.slice(from, from + 1_000).map(({ id }) => presence(id, 'offline', turns.clock.now())),
    );
  await turns.run(55 * SECOND);
  turns.throttled = 0.0001;
  await turns.run(40 * SECOND);
  turns.throttled = 0;
  await turns.run(70 * SECOND);
  const query = { index: 'gsi1', partition: 'ALERTS#OPEN', limit: 1_000 } as const;
  expect(await Array.fromAsync(queryAll(turns.table, query))).toHaveLength(10_000);
  const pages = new Map(turns.pages.map((page) => [page.id, page]));
  expect(turns.defects.length).toBeGreaterThan(0);
  expect([...pages.values()].map(({ kind, count }) => `${kind} ${count}`).sort()).toEqual([
    ...['firing 3333', 'firing 3333', 'firing 3334'],
  ]);
}, 120_000);

test('whenever functions are replaced or throttled, the same is told, each under one id', async () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 3 * MINUTE }),
    workflow: fc.constantFrom('one', 'two'),
    fault: fc.constantFrom('none', 'replaced', 'throttled'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const story = async (isFaulty: boolean) => {
        const turns = await begin(RULES.replace('over: 1h', 'over: 10m'));
        for (const { afterMs, workflow, fault } of steps) {
          await turns.run(Math.ceil(afterMs / 7_000) * 7_000);
          await turns.happen(ended(`at ${turns.clock.now()}`, turns.clock.now(), { workflow }));
          if (isFaulty && fault === 'replaced') turns.replace();
          turns.throttled = isFaulty && fault === 'throttled' ? 0.2 : 0;
        }
        turns.throttled = 0;
        await turns.run(35 * MINUTE);
        expect(await open(turns)).toEqual([]);
        const pages = new Map(turns.pages.map((page) => [page.id.split('.').at(-1), page]));
        return [...pages.values()].map(({ kind, to }) => `${kind} ${to.join('+')}`);
      };
      expect(new Set(await story(true))).toEqual(new Set(await story(false)));
    }),
    { numRuns: 8 },
  );
}, 60_000);
