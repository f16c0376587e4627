import { type SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { createAlerts } from '#functions/alerts/alerts.ts';
import {
  createPublishAlerts,
  isAlertDocument,
  withdrawAlerts,
} from '#functions/publish-workflow/publish-alerts.ts';
import { SqsAlertWaker } from '#functions/sqs-alert-waker.ts';
import { readAlarmChange } from '#functions/tell-alarm/alarm-change.ts';
import { createTellAlarm } from '#functions/tell-alarm/tell-alarm.ts';
import type { Woken } from '#monitoring/alerts/leased-evaluation.ts';
import { listAlertGroups } from '#monitoring/alerts/store/group-store.ts';
import { concernsAlerts, WAKE_SLOT_MS } from '#monitoring/alerts/wake.ts';
import { type MonitoringEvent, makeEvent } from '#monitoring/events/event.ts';
import type { Sample } from '#monitoring/metrics/metric-table.ts';
import { MemoryTable } from '#support/memory-table.ts';

test('who looks tells how many alerts there are, and asks to be woken while there are any', async () => {
  const woken: Woken[] = [
    {
      ...{ did: 'looked', again: true },
      counts: [
        { state: 'firing', severity: 'critical', count: 2 },
        { state: 'pending', severity: 'warning', count: 3 },
      ],
    },
    { did: 'held', again: true, counts: [] },
    { did: 'looked', again: false, counts: [{ state: 'pending', severity: 'info', count: 1 }] },
    { did: 'nothing', again: false, counts: [] },
  ];
  const emitted: Sample[][] = [];
  let asked = 0;
  const alerts = createAlerts({
    evaluation: { wake: async () => woken.shift() ?? { did: 'nothing', again: false, counts: [] } },
    waker: { wake: async () => void asked++ },
    emit: (samples) => emitted.push([...samples]),
  });
  for (let times = 0; times < 4; times++) await alerts();
  expect(asked).toBe(2);
  const metric = 'stepwright_alerts';
  expect(emitted).toEqual([
    [
      { metric, value: 2, labels: { state: 'firing', severity: 'critical' } },
      { metric, value: 3, labels: { state: 'pending', severity: 'warning' } },
    ],
    [
      { metric, value: 1, labels: { state: 'pending', severity: 'info' } },
      { metric, value: 0, labels: { state: 'firing', severity: 'critical' } },
      { metric, value: 0, labels: { state: 'pending', severity: 'warning' } },
    ],
  ]);
});

test('of wake-ups within a few seconds one is sent, by one process or by several', async () => {
  const client = new SQSClient({ region: 'us-east-1' });
  const sent: SendMessageCommand[] = [];
  let isDown = false;
  Object.assign(client, {
    send: async (command: SendMessageCommand) => {
      if (isDown) throw new Error('throttled');
      sent.push(command);
    },
  });
  const clock = new VirtualClock(8 * WAKE_SLOT_MS);
  const wakers = [new SqsAlertWaker(client, 'queue', clock), new SqsAlertWaker(client, 'queue', clock)];
  for (let times = 0; times < 3; times++) for (const waker of wakers) await waker.wake();
  expect(sent.map(({ input }) => [input.MessageGroupId, input.MessageDeduplicationId])).toEqual([
    ['alerts', '8'],
    ['alerts', '8'],
  ]);
  await clock.advance(WAKE_SLOT_MS);
  isDown = true;
  await expect(wakers[0]?.wake()).rejects.toThrow('throttled');
  isDown = false;
  await wakers[0]?.wake();
  expect(sent.at(-1)?.input.MessageDeduplicationId).toBe('9');
});

test.each([
  ['something that happens', 'device.online', {}, true],
  ['rules that were published', 'alert.rules-changed', { group: 'g', removed: false }, true],
  ['what somebody says', 'alert.acknowledged', { id: 'a', by: 'ana' }, true],
  ['what the evaluation tells itself', 'alert.firing', { id: 'a' }, false],
  ['that it is well again', 'alert.resolved', { id: 'a' }, false],
] as const)('alerts are looked at for %s: %s', (_, kind, data, concerns) => {
  const event = {
    ...makeEvent({ kind: 'device.online', key: ['d'], at: 0, subject: {}, data: {} }),
    kind,
    data,
  };
  expect(concernsAlerts(event)).toBe(concerns);
});

/** An event of EventBridge, as the CloudWatch User Guide has it. */
const change = (value: string) => ({
  source: 'aws.cloudwatch',
  detail: {
    alarmName: 'stepwright-alarm-events-late',
    state: { value, reason: 'Threshold Crossed', timestamp: '2027-01-04T08:00:00.000+0000' },
    previousState: { value: 'OK' },
    configuration: { description: 'Events are told late.' },
  },
});

test('an alarm of CloudWatch is told to all, who does not know is not', async () => {
  const told: MonitoringEvent[] = [];
  let woken = 0;
  const tell = createTellAlarm({
    feed: { write: async () => [] },
    bus: { put: async (events) => void told.push(...events) },
    clients: { push: async () => undefined },
    alerts: { wake: async () => void woken++ },
    emit: () => undefined,
  });
  for (const value of ['ALARM', 'INSUFFICIENT_DATA', 'OK']) await tell(change(value));
  expect(told.map(({ kind, at, data }) => [kind, at, data])).toEqual([
    ['alarm.raised', '2027-01-04T08:00:00.000Z', expect.objectContaining({ error: 'Threshold Crossed' })],
    [
      'alarm.cleared',
      '2027-01-04T08:00:00.000Z',
      expect.objectContaining({ description: 'Events are told late.' }),
    ],
  ]);
  expect(woken).toBe(2);
  expect(() => readAlarmChange({ detail: {} })).toThrow();
});

test('a deployed group of alerts is published, and goes when it is deployed no more', async () => {
  const ports = { table: new MemoryTable(), clock: new VirtualClock(1_000) };
  const text = `stepwright: 1
alerts: plant
rules: [{ id: gone, severity: info, when: { absence: { of: device.heartbeat, for: 5m } } }]
`;
  expect(isAlertDocument('plant.alerts')).toBe(true);
  expect(['tour-1_0_0', 'wave@1.0.0-x.alerts', 'project'].filter(isAlertDocument)).toEqual([]);
  expect(await createPublishAlerts(ports)({ alerts: text })).toEqual({ alerts: 'plant', rules: 1 });
  expect(await listAlertGroups(ports.table)).toMatchObject([{ name: 'plant', source: text }]);
  await withdrawAlerts(ports, 'plant.alerts');
  await withdrawAlerts(ports, 'plant.alerts');
  expect(await listAlertGroups(ports.table)).toEqual([]);
});

test('a table that cannot be written to is told of when a group is to go', async () => {
  const table = new MemoryTable();
  table.get = () => Promise.reject(new Error('throttled'));
  await expect(withdrawAlerts({ table }, 'plant.alerts')).rejects.toThrow('throttled');
});
