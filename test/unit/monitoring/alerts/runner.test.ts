import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { findAlert, listAlerts } from '#monitoring/alerts/store/alert-store.ts';
import { acknowledgeAlert, resolveAlert } from '#monitoring/alerts/store/answer-alert.ts';
import { deleteAlertGroup } from '#monitoring/alerts/store/group-store.ts';
import { putSilence } from '#monitoring/alerts/store/silence-store.ts';
import { AlertLives } from '../../../support/alert-lives.ts';
import { ended, HOUR, MINUTE, SECOND, START } from '../../../support/alerts.ts';

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

let folder = '';
const worlds: AlertLives[] = [];
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-alerts-'));
});
afterEach(() => {
  for (const lives of worlds.splice(0)) lives.close();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(rules = RULES): Promise<AlertLives> {
  const lives = new AlertLives(join(folder, `${count++}.db`));
  worlds.push(lives);
  await lives.publish(rules);
  // It looks soon after rules were published.
  await lives.clock.advance(200);
  await lives.runner.look();
  return lives;
}

const told = (lives: AlertLives) =>
  lives.pages.map(({ at, kind, to }) => `${((at - START) / MINUTE).toFixed(1)} ${kind} ${to.join('+')}`);

async function only(lives: AlertLives) {
  const { alerts } = await listAlerts(lives.table, {}, {});
  const [alert] = alerts;
  if (alert === undefined || alerts.length > 1) throw new Error(`${alerts.length} alerts`);
  return alert;
}

test('alerts are on record, told of, and over when somebody says so', async () => {
  const lives = await begin();
  await lives.happen(ended('e1', START, { status: 'SUCCEEDED' }), ended('e2', START + SECOND));
  await lives.run(MINUTE);
  const alert = await only(lives);
  expect(alert).toMatchObject({
    ...{ status: 'FIRING', executions: ['e2'], lastGood: { execution: 'e1', version: '1.0.0' } },
  });
  expect(lives.runner.counts()).toEqual([{ state: 'firing', severity: 'critical', count: 1 }]);
  const ports = { table: lives.table, clock: lives.clock };
  await acknowledgeAlert(ports, alert.id, { by: 'ana', why: 'on it' });
  await lives.run(30 * MINUTE);
  expect(told(lives)).toEqual(['0.6 firing ana', '1.0 acknowledged ana']);
  await resolveAlert(ports, alert.id, { by: 'ana' });
  const listed = async (status?: 'RESOLVED') => {
    const { alerts } = await listAlerts(lives.table, { status }, {});
    return alerts.map(({ id, held }) => [id, held]);
  };
  await lives.run(MINUTE);
  expect([await listed('RESOLVED'), await listed()]).toEqual([[[alert.id, true]], []]);
  await lives.run(2 * HOUR);
  expect(told(lives).slice(2)).toEqual(['31.0 resolved ana']);
  expect(await findAlert(lives.table, alert.id)).toMatchObject({
    ...{ status: 'RESOLVED', resolvedBy: 'ana', acknowledgedBy: 'ana' },
    notes: [{ did: 'acknowledged', why: 'on it' }, { did: 'resolved' }],
  });
  expect(await listed('RESOLVED')).toEqual([[alert.id, undefined]]);
  await expect(acknowledgeAlert(ports, alert.id, { by: 'ben' })).rejects.toMatchObject({ code: 'SW4212' });
  expect(lives.defects).toEqual([]);
});

test('a pager that is down gets its pages later, with the same ids', async () => {
  const lives = await begin();
  lives.isDown = true;
  await lives.happen(ended('e1', START));
  await lives.run(MINUTE);
  expect([lives.pages, lives.defects.length > 1]).toEqual([[], true]);
  lives.isDown = false;
  await lives.run(5 * SECOND);
  expect(told(lives)).toEqual(['0.6 firing ana']);
});

test('what could not be put on record is found again when the store takes it', async () => {
  const lives = await begin();
  lives.isFull = true;
  await lives.happen(ended('e1', lives.clock.now()));
  await lives.run(MINUTE);
  expect([(await listAlerts(lives.table, {}, {})).alerts, lives.pages]).toEqual([[], []]);
  lives.isFull = false;
  await lives.run(MINUTE);
  expect(await only(lives)).toMatchObject({ status: 'FIRING', executions: ['e1'] });
  expect(lives.pages).toHaveLength(1);
});

test('what happened before a process died, and had not been looked at, is found by the next as of its time', async () => {
  const lives = await begin(RULES.replace('over: 1h', 'over: 1m'));
  await lives.run(MINUTE);
  await lives.happen(ended('e1', lives.clock.now()));
  await lives.clock.advance(SECOND);
  lives.runner.close();
  await lives.clock.advance(30 * MINUTE);
  await lives.dieWithin(0);
  await lives.run(MINUTE);
  const { alerts } = await listAlerts(lives.table, { status: 'RESOLVED' }, {});
  expect(alerts).toMatchObject([{ alert: 'failing', foundAt: START + MINUTE + 200 }]);
});

test('a device that was silent before a restart still is, and the time of the restart does not count', async () => {
  const lives = await begin(`
rules: [{ id: silent, severity: warning, by: [device], when: { absence: { of: device.heartbeat, for: 10m } } }]`);
  lives.devices = [
    { id: 'p1', status: 'offline', lastSeenAt: START, registeredAt: START, zone: 'berlin' },
    { id: 'p2', status: 'online', lastSeenAt: START, registeredAt: START },
  ];
  await lives.dieWithin(0);
  await lives.run(11 * MINUTE);
  const { id } = await only(lives);
  lives.runner.close();
  await lives.clock.advance(HOUR);
  await lives.dieWithin(0);
  await lives.run(5 * MINUTE);
  expect(await only(lives)).toMatchObject({ id, status: 'FIRING', by: { device: 'p1' }, zone: 'berlin' });
});

test('a burst of more events than are kept in memory is counted whole, from the log', async () => {
  const lives = await begin();
  const at = lives.clock.now();
  for (let from = 0; from < 45_000; from += 5_000)
    await lives.happen(...Array.from({ length: 5_000 }, (_, n) => ended(`e${from + n}`, at)));
  await lives.run(5 * SECOND);
  await lives.happen(ended('last', lives.clock.now()));
  await lives.run(5 * SECOND);
  expect((await only(lives)).value).toBe(45_000);
  expect(lives.runner.behind).toBe(0);
});

test('silences hold pages back, and rules that go take their alerts with them', async () => {
  const lives = await begin();
  const silence = { match: {}, until: START + HOUR, reason: 'known', createdBy: 'ana' };
  await putSilence({ table: lives.table, clock: lives.clock, random: seededRandom(1) }, silence);
  await lives.happen(ended('e1', START));
  await lives.run(5 * MINUTE);
  expect([told(lives), (await only(lives)).status]).toEqual([[], 'FIRING']);
  await deleteAlertGroup(lives.table, 'plant');
  await lives.run(MINUTE);
  expect((await listAlerts(lives.table, {}, {})).alerts).toEqual([]);
});

test('whenever processes die, nothing is lost, and nothing is told twice but under one id', async () => {
  const death = fc.record({
    afterMs: fc.integer({ min: 0, max: 4 * MINUTE }),
    turns: fc.integer({ min: 0, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(death, { maxLength: 6 }), async (deaths) => {
      const story = async (dying: boolean): Promise<readonly string[]> => {
        const lives = await begin(RULES.replace('over: 1h', 'over: 10m'));
        await lives.happen(ended('e1', lives.clock.now(), { workflow: 'one' }));
        for (const { afterMs, turns } of deaths) {
          await lives.run(Math.ceil(afterMs / 5_000) * 5_000);
          await lives.happen(ended(`at ${lives.clock.now()}`, lives.clock.now(), { workflow: `w${turns}` }));
          if (dying) await lives.dieWithin(turns);
          else await lives.runner.look();
        }
        await lives.run(15 * MINUTE);
        expect((await listAlerts(lives.table, {}, {})).alerts).toEqual([]);
        expect(lives.defects).toEqual([]);
        const pages = new Map(lives.pages.map((page) => [page.id, page]));
        return [...pages.values()].map(
          ({ id, kind, to, count: many }) => `${id} ${kind} ${to.join('+')} ${many}`,
        );
      };
      expect(await story(true)).toEqual(await story(false));
    }),
    { numRuns: 6 },
  );
}, 60_000);
