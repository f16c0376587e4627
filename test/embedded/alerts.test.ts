import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ReceivingServer } from '#support/receiving-server.ts';
import { type Finished, stepwright } from './command-line.ts';
import { kill, ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps: [{ id: two, command: visit, device: nobody }]
`;

const alerts = (url: string, wait: string) => `
stepwright: 1
alerts: plant
rules:
  - id: failing-tours
    title: Tours fail
    severity: critical
    by: [workflow]
    when: { rate: { of: execution.failed, above: 0, over: 10m } }
    message: "{% $alert.by.workflow & ' fails of ' & $alert.error %}"
    runbook: https://wiki.example.com/tours
receivers:
  hook: { webhook: { url: "${url}/hook" } }
  pager: { pagerduty: key, url: "${url}/pager" }
routes: [{ to: [hook, pager], wait: ${wait} }]
`;

const POLL = { timeout: 25_000 };

let receiver: ReceivingServer;
let folder: ServedFolder;
beforeAll(async () => {
  receiver = await ReceivingServer.start((response) => response.writeHead(202).end());
  const url = `http://${receiver.host}`;
  const env = { STEPWRIGHT_HTTP_ALLOW: receiver.host, STEPWRIGHT_SECRET_KEY: 'routing-key' };
  folder = new ServedFolder(
    {
      'project/tour.yaml': WORKFLOW,
      'project/stepwright.yaml': 'stepwright: 1',
      'project/alerts/plant.yaml': alerts(url, '8s'),
    },
    env,
  );
}, 30_000);
afterAll(async () => {
  await folder.close();
  await receiver[Symbol.asyncDispose]();
});

const command = (...args: readonly string[]): Promise<Finished> => stepwright(args, { cwd: folder.path });
const verb = (...args: readonly string[]): Promise<Finished> => folder.verb('alerts', ...args);

const PagerSchema = z.object({
  event_action: z.string(),
  dedup_key: z.string(),
  links: z.array(z.object({ href: z.string() })).default([]),
  payload: z.object({ severity: z.string(), custom_details: z.looseObject({}) }).optional(),
});

function paged(): readonly z.infer<typeof PagerSchema>[] {
  return receiver.received
    .filter(({ path }) => path === '/pager')
    .map(({ body }) => PagerSchema.parse(JSON.parse(body)));
}

test('an alert is told to services though the server is killed before, answered and over by the command line', async () => {
  const first = await folder.serve();
  expect((await folder.verb('workflows', 'publish', 'project')).exitCode).toBe(0);
  await folder.document('POST', '/v1/workflows/tour/executions', { name: 'tour-1' });
  await expect.poll(async () => (await verb('list')).stdout, POLL).toMatch(/firing .*failing-tours tour/);
  // The alert waits for others of its group.
  await kill(first);
  await folder.serve();
  await expect.poll(() => paged().length, POLL).toBe(1);
  expect(paged()[0]).toMatchObject({
    event_action: 'trigger',
    payload: {
      severity: 'critical',
      custom_details: {
        ...{ message: 'tour fails of Device.Unknown', cause: 'Device.Unknown' },
        ...{ runbook: 'https://wiki.example.com/tours' },
        execution: expect.stringMatching(/^http.*\/v1\/executions\/tour-1$/),
      },
    },
  });

  const link = paged()[0]?.links[0]?.href ?? '';
  expect(await (await fetch(link)).text()).toContain('Acknowledge alerts');

  const { stdout } = await verb('list', '--json');
  const [alert] = z
    .object({ alerts: z.array(z.object({ id: z.string() })) })
    .parse(JSON.parse(stdout)).alerts;
  const id = alert?.id ?? '';
  expect((await verb('acknowledge', id, '--by', 'ana', '--reason', 'on it')).stdout).toBe(
    `acknowledged ${id}: Tours fail\n`,
  );
  await expect
    .poll(() => paged().map(({ event_action }) => event_action), POLL)
    .toEqual(['trigger', 'acknowledge']);
  expect((await verb('resolve', id, '--by', 'ana')).exitCode).toBe(0);
  // It goes on, as the failure counts for ten minutes.
  expect((await verb('list', '--state', 'resolved')).stdout).toContain(id);
  expect((await verb('list')).stdout).toBe('there are none\n');
  await expect
    .poll(() => paged().map(({ event_action }) => event_action), POLL)
    .toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(new Set(paged().map(({ dedup_key }) => dedup_key)).size).toBe(1);
  expect((await verb('show', id)).stdout).toContain('acknowledged by ana: on it');
  expect(await verb('acknowledge', id)).toMatchObject({
    ...{ exitCode: 1, stderr: expect.stringContaining('SW4212') },
  });
  expect(await verb('show', 'plant.none')).toMatchObject({
    ...{ exitCode: 2, stderr: expect.stringContaining('SW4211') },
  });
  // The webhook is told of the begin and of the end, and not that somebody looks after it.
  await expect.poll(() => receiver.received.filter(({ path }) => path === '/hook').length, POLL).toBe(2);
}, 90_000);

test('events that were recorded are replayed through the rules, and what should not fire is told', async () => {
  const events = await folder.verb('events', '--json');
  writeFileSync(folder.file('events.json'), events.stdout);
  const file = 'project/alerts/plant.yaml';
  const good = await command('alerts', 'test', file, '--events', 'events.json', '--fires', 'failing-tours');
  expect(good.exitCode).toBe(0);
  const lines = good.stdout.trimEnd().split('\n');
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.map((line) => line.slice(16))).toContain('fires        failing-tours  tour');
  const bad = await command('alerts', 'test', file, '--events', 'events.json', '--fires');
  expect([bad.exitCode, bad.stdout]).toEqual([1, expect.stringContaining('FAIL failing-tours fires')]);
  const none = await command('alerts', 'test', file, '--events', file);
  expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('error[SW3091]')]);
}, 30_000);
