import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMakeReports } from '#functions/make-reports/make-reports.ts';
import { createPublishReport, isReportDocument } from '#functions/publish-workflow/publish-report.ts';
import { deliveriesOf } from '#notifications/delivery.ts';
import { sendSlack } from '#notifications/send/slack.ts';
import { ReceivingServer } from '#support/receiving-server.ts';
import { World } from '#support/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'p1' }] });
});
afterEach(() => world[Symbol.dispose]());

const REPORT = `stepwright: 1
report: fleet
source: devices
measures: { devices: count }
schedule: { cron: "*/5 * * * *" }
recipients: [{ slack: ops }, { pagerduty: key }, { email: a@example.com }, { email: a@example.com }]
`;

test('a report that is deployed is published, and made when the function looks', async () => {
  expect([isReportDocument('fleet.report'), isReportDocument('rollout-2_1_0')]).toEqual([true, false]);
  const publish = createPublishReport(world.ports);
  expect(await publish({ report: REPORT })).toEqual({ report: 'fleet', dueAt: Date.UTC(2026, 0, 1, 0, 5) });
  expect(await publish({ report: REPORT.replace(/schedule.*\n|recipients.*\n/g, '') })).toMatchObject({
    dueAt: null,
  });
  await publish({ report: REPORT });
  const kept: string[] = [];
  const make = createMakeReports({
    ...world.ports,
    files: {
      put: async ({ made, format }) => void kept.push(`${made}.${format}`),
      get: async () => undefined,
      dropBefore: async () => {},
    },
    onDefect: (error) => world.defects.push(error),
  });
  expect(await make()).toEqual({ made: [] });
  await world.clock.advance(300_000);
  expect(await make()).toEqual({ made: [{ report: 'fleet', id: '20260101T000500Z' }] });
  expect(kept).toEqual(['20260101T000500Z.html']);
  const deliveries = await deliveriesOf(world.ports.table, 'report-fleet-20260101T000500Z');
  expect(deliveries.map(({ name }) => name).toSorted()).toEqual([
    'email:a@example.com',
    'pagerduty:key',
    'slack:ops',
  ]);
  expect(world.defects).toEqual([]);
});

test('a link to read says so on its button', async () => {
  await using receiver = await ReceivingServer.start();
  const secrets = { read: async () => `http://${receiver.host}/hook` };
  const letter = {
    id: '1',
    notification: 'n',
    topic: 'reports',
    message: 'Made.',
    sentAt: 1,
    link: 'https://x.example',
  };
  const ports = { clock: world.clock, secrets, allowedHosts: new Set([receiver.host]) };
  await sendSlack(ports, 'ops', { ...letter, isToRead: true });
  await sendSlack(ports, 'ops', letter);
  expect(receiver.received.map(({ body }) => /\|(\w+)>/.exec(body)?.[1])).toEqual(['Read', 'Answer']);
});
