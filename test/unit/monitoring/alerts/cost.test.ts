import { expect, test } from 'vitest';
import { replayAlerts } from '#monitoring/alerts/replay.ts';
import { type MonitoringEvent, makeEvent } from '#monitoring/events/event.ts';
import { AlertBench, alertFile, HOUR, MINUTE, START } from '../../../support/alerts.ts';

/** What an execution has cost, as it is told when it has said its last. */
function measured(id: string, at: number, dollars: number, workflow = 'rollout'): MonitoringEvent {
  return makeEvent({
    ...{ kind: 'execution.measured', key: [id, 0], at },
    subject: { execution: id, workflow, version: '1.0.0' },
    data: { stateTransitions: 40, lambdaCalls: 10, readUnits: 20, writeUnits: 30, dollars },
  });
}

async function firedOver(rule: string, events: readonly MonitoringEvent[]): Promise<readonly string[]> {
  const file = alertFile(`rules: [{ id: costly, severity: warning, by: [workflow], ${rule} }]`);
  const { alerts } = await replayAlerts(file, events, { afterMs: 2 * HOUR });
  return alerts.map(({ at, alert: { status, by, value = 0 } }) => {
    return `${Math.ceil((at - START) / MINUTE)} ${status} ${by['workflow']} ${value.toFixed(4)}`;
  });
}

const COSTS = [
  measured('a', START, 0.004),
  measured('b', START + 10 * MINUTE, 0.002),
  measured('x', START + 10 * MINUTE, 0.001, 'other'),
  measured('c', START + 20 * MINUTE, 0.009),
];

test.each([
  [
    'what one costs, by the mean',
    'when: { threshold: { metric: execution.cost, above: 0.0045, over: 1h } }',
    0.005,
  ],
  [
    'what one costs, by a quantile',
    'when: { threshold: { metric: execution.cost, quantile: 1, above: 0.005, over: 1h } }',
    0.009,
  ],
  [
    'what all cost together',
    'when: { threshold: { metric: execution.spending, above: 0.01, over: 1h } }',
    0.015,
  ],
  ['how many ended that were measured', 'when: { rate: { of: execution.measured, above: 2, over: 1h } }', 3],
])('rules find %s, in dollars, by workflow', async (_title, rule, value) => {
  const [fires = '', ...rest] = await firedOver(rule, COSTS);
  expect(fires).toMatch(/^2[01] FIRING rollout /);
  expect(Number(fires.split(' ').at(-1))).toBeCloseTo(value, 3);
  expect(rest).toEqual([expect.stringContaining('RESOLVED rollout')]);
});

test('a budget that is kept to is no alert, and what was spent longer ago counts no more', async () => {
  const apart = [0, 2, 4].map((hours) => measured(`e${hours}`, START + hours * HOUR, 0.009));
  const rule = 'when: { threshold: { metric: execution.spending, above: 0.01, over: 1h } }';
  expect(await firedOver(rule, apart)).toEqual([]);
});

test('one that costs more than usual at this hour is an anomaly, though it is a part of a cent', async () => {
  const bench = new AlertBench(`
rules:
  - id: dearer
    severity: warning
    when: { anomaly: { metric: execution.cost, deviations: 4, direction: above, season: day, over: 1h } }`);
  const hour = async (dollars: number): Promise<void> => {
    await bench.take(measured(`${bench.now}`, bench.now, dollars));
    bench.now += HOUR - 5_000;
    await bench.run(5_000);
  };
  for (let at = 0; at < 8 * 24; at++) await hour(0.002 + (at % 3) * 0.000_1);
  expect(bench.alerts).toEqual([]);
  await hour(0.004);
  expect(bench.alerts).toMatchObject([{ alert: 'dearer', status: 'FIRING' }]);
});
