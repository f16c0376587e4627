import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertRecord } from '#monitoring/alerts/records/alert-record.ts';
import { onCall } from '#monitoring/alerts/routing/rotation.ts';
import { AlertBench, ended, HOUR, MINUTE, presence, SECOND, START } from '../../../support/alerts.ts';

const FAILING = `
rules:
  - id: failing
    severity: critical
    by: [workflow]
    when: { rate: { of: execution.failed, above: 0, over: 1h } }
receivers: { ana: { email: ana@example.com }, ben: { email: ben@example.com }, list: { email: ops@example.com } }
`;

test('an escalation goes on level by level, round by round, until somebody acknowledges', async () => {
  const bench = new AlertBench(`${FAILING}
escalations:
  trouble:
    rounds: 2
    levels: [{ to: [ana], repeat: 5m }, { after: 15m, to: [ben, list] }]
routes: [{ escalate: trouble, wait: 1m }]`);
  await bench.take(ended('a', START));
  await bench.run(33 * MINUTE);
  expect(bench.told()).toEqual([
    ...['1.1 firing 1 ana', '6.1 escalated 1 ana', '11.1 escalated 1 ana', '16.1 escalated 1 ben+list'],
    '31.1 escalated 1 ana',
  ]);
  bench.change(bench.alerts[0]?.id ?? '', { status: 'ACKNOWLEDGED', acknowledgedBy: 'ana' });
  await bench.run(2 * HOUR);
  expect(bench.told().slice(5)).toEqual(['33.1 acknowledged 1 ana+ben+list', '60.0 resolved 1 ana+ben+list']);
  expect(new Set(bench.pages.map(({ incident }) => incident)).size).toBe(1);
  expect(new Set(bench.pages.map(({ id }) => id)).size).toBe(7);
});

test('an escalation that nobody answers ends after its rounds', async () => {
  const bench = new AlertBench(`${FAILING}
escalations: { trouble: { rounds: 2, levels: [{ to: [ana] }, { after: 10m, to: [ben] }] } }
routes: [{ escalate: trouble, wait: 1s }]`);
  await bench.take(ended('a', START));
  await bench.run(55 * MINUTE);
  expect(bench.told()).toEqual([
    ...['0.2 firing 1 ana', '10.2 escalated 1 ben', '20.2 escalated 1 ana', '30.2 escalated 1 ben'],
  ]);
});

test('what fires after all was acknowledged waits for others, and begins the escalation anew', async () => {
  const bench = new AlertBench(`${FAILING}
escalations: { trouble: { levels: [{ to: [ana], repeat: 5m }, { after: 15m, to: [ben] }] } }
routes: [{ escalate: trouble, groupBy: [alert], wait: 1m }]`);
  await bench.take(ended('a', START));
  await bench.run(2 * MINUTE);
  bench.change(bench.alerts[0]?.id ?? '', { status: 'ACKNOWLEDGED' });
  await bench.run(10 * MINUTE);
  await bench.take(ended('b', bench.now, { workflow: 'other' }));
  await bench.run(7 * MINUTE);
  expect(bench.told()).toEqual([
    '1.1 firing 1 ana',
    '2.1 acknowledged 1 ana',
    '13.1 firing 1 ana',
    '18.1 escalated 1 ana',
  ]);
});

test('what is silenced while the others are acknowledged is told of when that ends', async () => {
  const bench = new AlertBench(`${FAILING}
escalations: { trouble: { levels: [{ to: [ana] }, { after: 15m, to: [ben] }] } }
routes: [{ escalate: trouble, groupBy: [alert], wait: 10s }]`);
  await bench.take(ended('a', START, { workflow: 'one' }), ended('b', START, { workflow: 'two' }));
  await bench.run(MINUTE);
  bench.silences = [
    {
      ...{ id: 's', match: {}, by: { workflow: 'one' }, reason: 'known', createdBy: 'ana', createdAt: START },
      ...{ from: START, until: START + 8 * MINUTE },
    },
  ];
  const other = bench.alerts.find(({ by }) => by['workflow'] === 'two');
  bench.change(other?.id ?? '', { status: 'ACKNOWLEDGED' });
  await bench.run(10 * MINUTE);
  expect(bench.told()).toEqual(['0.3 firing 2 ana', '1.1 acknowledged 1 ana', '8.0 firing 1 ana']);
});

test('alerts of a group are told of together, those that come later after some minutes, and never twice', async () => {
  const bench = new AlertBench(`${FAILING}
routes: [{ to: [list], groupBy: [alert], wait: 1m, repeat: 4h }]`);
  await bench.take(ended('a', START, { workflow: 'one' }), ended('b', START, { workflow: 'two' }));
  await bench.run(2 * MINUTE);
  await bench.take(ended('c', bench.now, { workflow: 'three' }));
  await bench.run(10 * MINUTE);
  expect(bench.told()).toEqual(['1.1 firing 2 list', '6.1 firing 3 list']);
  expect(bench.pages[1]?.alerts.map(({ by }) => by['workflow'])).toEqual(['three', 'one', 'two']);
  await bench.run(2 * HOUR);
  expect(bench.told().slice(2)).toEqual(['62.0 resolved 3 list']);
});

test('what is worse than what was told of does not wait', async () => {
  const bench = new AlertBench(`
rules:
  - { id: failing, severity: warning, when: { rate: { of: execution.failed, above: 0, over: 1h } } }
  - { id: slow, severity: critical, when: { threshold: { metric: execution.duration, above: 60, over: 1h } } }
receivers: { list: { email: ops@example.com } }
routes: [{ to: [list], groupBy: [team], wait: 10s }]`);
  await bench.take(ended('a', START, { tookMs: 1 }));
  await bench.run(MINUTE);
  await bench.take(ended('b', bench.now, { tookMs: 900_000 }));
  await bench.run(MINUTE);
  expect(bench.told()).toEqual(['0.3 firing 1 list', '1.3 firing 2 list']);
});

test('the first route that fits is taken, others only where it goes on, and none outside its hours', async () => {
  const bench = new AlertBench(`${FAILING}
routes:
  - { match: { severity: [info] }, to: [ana] }
  - { during: { from: "20:00", to: "22:00" }, to: [ana] }
  - { match: { alert: [failing] }, to: [ben], continue: true, wait: 1s }
  - { to: [list], wait: 1s }
  - { to: [ana] }`);
  await bench.take(ended('a', START));
  await bench.run(MINUTE);
  expect(bench.told()).toEqual(['0.2 firing 1 ben', '0.2 firing 1 list']);
});

test('silenced alerts are told of when the silence is over, and only then', async () => {
  const bench = new AlertBench(`${FAILING}
routes: [{ to: [list], wait: 1s }]
silences: [{ match: { alert: [failing] }, every: { from: "08:00", to: "08:20" }, reason: cleaning }]`);
  await bench.take(ended('a', START));
  await bench.run(19 * MINUTE);
  expect([bench.told(), bench.alerts[0]?.status]).toEqual([[], 'FIRING']);
  await bench.run(2 * MINUTE);
  expect(bench.told()).toEqual(['20.0 firing 1 list']);
});

test('silences by word count for what they name, until they end', async () => {
  const bench = new AlertBench(`${FAILING}
routes: [{ to: [list], groupBy: [alert], wait: 1s }]`);
  bench.silences = [
    {
      ...{ id: 's', group: 'plant', match: { alert: ['failing'] }, by: { workflow: 'one' }, reason: 'known' },
      ...{ from: START, until: START + 10 * MINUTE, createdBy: 'ana', createdAt: START },
    },
  ];
  await bench.take(ended('a', START, { workflow: 'one' }), ended('b', START, { workflow: 'two' }));
  await bench.run(11 * MINUTE);
  expect(bench.told()).toEqual(['0.2 firing 1 list', '10.0 firing 2 list']);
});

test('what is the same trouble as another alert is told of only when that is over', async () => {
  const bench = new AlertBench(`
rules:
  - { id: broker-down, severity: critical, when: { absence: { of: device.heartbeat, for: 5m } } }
  - id: silent
    severity: warning
    by: [device]
    inhibitedBy: [broker-down]
    when: { absence: { of: device.heartbeat, for: 10m } }
receivers: { list: { email: ops@example.com } }
routes: [{ to: [list], groupBy: [alert], wait: 1s }]`);
  const both = ['p1', 'p2'];
  await bench.take(...both.map((device) => presence(device, 'online', START)));
  await bench.take(...both.map((device) => presence(device, 'offline', START + SECOND)));
  await bench.run(20 * MINUTE);
  expect(bench.told()).toEqual(['5.2 firing 1 list']);
  await bench.take(presence('p1', 'online', bench.now));
  await bench.run(MINUTE);
  expect(bench.told().slice(1)).toEqual(['20.1 resolved 1 list', '20.1 firing 1 list']);
});

test('quiet hours hold back what is not critical', async () => {
  const bench = new AlertBench(`
rules: [{ id: failing, severity: warning, when: { rate: { of: execution.failed, above: 0, over: 6h } } }]
receivers: { list: { email: ops@example.com } }
escalations: { calm: { levels: [{ to: [list] }], quiet: { from: "07:00", to: "09:00", timezone: UTC } } }
routes: [{ escalate: calm, wait: 1s }]`);
  await bench.take(ended('a', START));
  await bench.run(2 * HOUR);
  expect(bench.told()).toEqual(['60.0 firing 1 list']);
});

test('what somebody has resolved is no new alert until it was well in between', async () => {
  const bench = new AlertBench(`${FAILING}
routes: [{ to: [list], wait: 1s }]`);
  await bench.take(ended('a', START));
  await bench.run(MINUTE);
  const [alert] = bench.alerts;
  bench.change(alert?.id ?? '', { status: 'RESOLVED', resolvedBy: 'ana', resolvedAt: bench.now, held: true });
  await bench.run(30 * MINUTE);
  expect(bench.told()).toEqual(['0.2 firing 1 list', '1.1 resolved 1 list']);
  await bench.run(30 * MINUTE);
  expect(bench.alerts).toEqual([]);
  await bench.take(ended('b', bench.now));
  await bench.run(MINUTE);
  expect(bench.told().slice(2)).toEqual(['61.2 firing 1 list']);
});

test.each([
  [
    'grouped',
    'routes: [{ to: [list], groupBy: [alert], wait: 30s }]',
    // All of them in one page.
    1,
  ],
  ['told one by one', 'routes: [{ to: [list], wait: 30s }]', 51],
])('a storm of 10,000 causes, %s, gives few pages', async (_how, routes, most) => {
  const bench = new AlertBench(`
rules: [{ id: silent, severity: warning, by: [device], when: { absence: { of: device.heartbeat, for: 5m } } }]
receivers: { list: { email: ops@example.com } }
${routes}`);
  for (let n = 0; n < 10_000; n++) await bench.take(presence(`d${n}`, 'offline', START));
  await bench.run(5 * MINUTE);
  await bench.run(MINUTE);
  expect(bench.alerts).toHaveLength(10_000);
  expect(bench.pages.length).toBe(most);
  expect(bench.pages.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});

test.each([
  ['2027-01-04T06:59:59Z', 'ana'],
  ['2027-01-11T06:59:59Z', 'ana'],
  ['2027-01-11T07:00:00Z', 'ben'],
  // After the clocks were put forward, eight o'clock is six in UTC.
  ['2027-03-29T05:59:59Z', 'ben'],
  ['2027-03-29T06:00:00Z', 'ana'],
  ['2027-01-01T00:00:00Z', 'ana'],
])('at %s, %s is on call', (at, person) => {
  const weekly = {
    receivers: ['ana', 'ben'],
    start: '2027-01-04T08:00',
    shift: '7d',
    timezone: 'Europe/Berlin',
  };
  expect(onCall(weekly, Date.parse(at))).toBe(person);
});

test('shifts change hands once, also in the hour that comes twice', () => {
  const hourly = {
    receivers: ['a', 'b', 'c', 'd', 'e'],
    start: '2027-10-30T02:30',
    shift: '1h',
    timezone: 'Europe/Berlin',
  };
  const from = Date.parse('2027-10-30T22:00:00Z');
  const turns = Array.from({ length: 60 }, (_, n) => onCall(hourly, from + n * 10 * MINUTE));
  const changes = turns.filter((person, at) => person !== turns[at - 1]);
  const order = changes.map((person) => hourly.receivers.indexOf(person));
  expect(order.every((place, at) => at === 0 || place === ((order[at - 1] ?? 0) + 1) % 5)).toBe(true);
});

const ANSWERS: Readonly<Record<'nobody' | 'acknowledges' | 'resolves', Partial<AlertRecord>>> = {
  nobody: {},
  acknowledges: { status: 'ACKNOWLEDGED' },
  resolves: { status: 'RESOLVED', held: true },
};

test('whatever comes in whatever order, no alert is begun twice, and what is told has one id', async () => {
  const happening = fc.record({
    workflow: fc.constantFrom('a', 'b', 'c'),
    waitMs: fc.integer({ min: 0, max: 40 * MINUTE }),
    twice: fc.boolean(),
    answers: fc.constantFrom(...(['nobody', 'acknowledges', 'resolves'] as const)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 12 }), async (happenings) => {
      const bench = new AlertBench(`${FAILING.replace('over: 1h', 'over: 10m')}
escalations: { trouble: { rounds: 2, levels: [{ to: [ana], repeat: 2m }, { after: 5m, to: [ben] }] } }
routes: [{ escalate: trouble, groupBy: [workflow], wait: 10s }]`);
      for (const [n, { workflow, waitMs, twice, answers }] of happenings.entries()) {
        const event = ended(`e${n}`, bench.now, { workflow });
        await bench.take(event, ...(twice ? [event] : []));
        await bench.run(waitMs);
        for (const { id } of bench.alerts.filter(({ status }) => status === 'FIRING'))
          bench.change(id, ANSWERS[answers]);
      }
      await bench.run(2 * HOUR);
      expect(bench.alerts).toEqual([]);
      const ids = bench.pages.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      // Every incident that was begun is resolved, once and at last.
      for (const pages of Map.groupBy(bench.pages, ({ incident }) => incident).values()) {
        const kinds = pages.map(({ kind }) => kind);
        expect(kinds[0]).toBe('firing');
        expect(kinds.indexOf('resolved')).toBe(kinds.length - 1);
      }
    }),
    { numRuns: 25 },
  );
});
