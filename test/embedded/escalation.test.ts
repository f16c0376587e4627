import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ReceivingServer } from '#support/receiving-server.ts';
import { kill, ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: tour
version: 1.0.0
steps:
  - { id: two, command: visit, device: nobody }
  - { id: three, set: { well: true } }
`;

const alerts = (url: string) => `
stepwright: 1
alerts: plant
rules:
  - id: failing-tours
    title: Tours fail
    severity: critical
    when: { rate: { of: execution.failed, above: 0, over: 10m } }
receivers:
  pager: { pagerduty: key, url: "${url}/pager" }
  dead: { webhook: { url: "${url}/dead" }, fallback: hook }
  hook: { webhook: { url: "${url}/hook" } }
escalations:
  trouble: { levels: [{ to: [pager] }, { after: 12s, to: [dead] }, { after: 10m, to: [pager] }] }
routes: [{ escalate: trouble, wait: 1s }]
`;

const POLL = { timeout: 25_000 };

let receiver: ReceivingServer;
let folder: ServedFolder;
beforeAll(async () => {
  receiver = await ReceivingServer.start((response, { path }) =>
    response.writeHead(path === '/dead' ? 410 : 202).end(),
  );
  const env = { STEPWRIGHT_HTTP_ALLOW: receiver.host, STEPWRIGHT_SECRET_KEY: 'routing-key' };
  folder = new ServedFolder(
    {
      'project/tour.yaml': WORKFLOW,
      'project/stepwright.yaml': 'stepwright: 1',
      'project/alerts/plant.yaml': alerts(`http://${receiver.host}`),
    },
    env,
  );
}, 30_000);
afterAll(async () => {
  await folder.close();
  await receiver[Symbol.asyncDispose]();
});

const PagerSchema = z.object({
  links: z.array(z.object({ href: z.string(), text: z.string() })).default([]),
});
const HookSchema = z.object({
  data: z.object({
    message: z.object({ state: z.string(), level: z.number().optional() }),
    link: z.string().optional(),
    actions: z.array(z.object({ verb: z.string(), link: z.string() })).default([]),
  }),
});

const posted = (path: string): readonly string[] =>
  receiver.received.filter((one) => one.path === path).map(({ body }) => body);
const hooked = () => posted('/hook').map((body) => HookSchema.parse(JSON.parse(body)).data);
const open = async (link: string, method: string) => {
  const response = await fetch(link, { method });
  return { status: response.status, text: await response.text() };
};

test('an escalation goes on though the server is killed, and a link of its page skips the step that has failed', async () => {
  const first = await folder.serve();
  expect((await folder.verb('workflows', 'publish', 'project')).exitCode).toBe(0);
  await folder.document('POST', '/v1/workflows/tour/executions', { name: 'tour-1' });
  await expect.poll(() => posted('/pager').length, POLL).toBe(1);
  await kill(first);
  await folder.serve();
  // Level 2 is told in its time, once, and what takes nothing is told in another way.
  await expect
    .poll(() => hooked().map(({ message }) => [message.state, message.level]), POLL)
    .toEqual([['escalated', 2]]);
  expect([posted('/pager').length, posted('/dead').length]).toEqual([1, 1]);
  const [paged] = posted('/pager').map((body) => PagerSchema.parse(JSON.parse(body)).links);
  expect(paged?.map(({ text }) => text)).toEqual(['Answer', 'Resume', 'Skip the step']);

  const [told] = hooked();
  const skip = told?.actions.find(({ verb }) => verb === 'skip')?.link ?? '';
  expect((await open(skip, 'GET')).text).toContain('Skip the step?');
  expect(await open(skip, 'POST')).toMatchObject({ status: 200 });
  expect(await open(skip, 'POST')).toMatchObject({ status: 410, text: expect.stringContaining('used') });
  const altered = skip.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  expect(await open(altered, 'POST')).toMatchObject({ status: 404 });
  await expect
    .poll(async () => await folder.document('GET', '/v1/executions/tour-1'), POLL)
    .toMatchObject({ status: 'SUCCEEDED' });
  expect((await folder.verb('executions', 'history', 'tour-1')).stdout).toMatch(
    /hook +skip two +by a link of the alert/,
  );

  const list = await folder.verb('alerts', 'list', '--json');
  const [alert] = z
    .object({ alerts: z.array(z.object({ id: z.string(), state: z.string() })) })
    .parse(JSON.parse(list.stdout)).alerts;
  expect(alert?.state).toBe('acknowledged');
  const { stdout } = await folder.verb('alerts', 'show', alert?.id ?? '');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  // Of the page that was taken as the server was killed, it may not be on record that it was.
  const words = lines.slice(lines.findIndex((line) => line.startsWith('What has'))).join(' ');
  expect(words.replaceAll(/\s+/g, ' ')).toMatch(
    /fired .* told, level 1: pager(?:, on its way \(1 attempt\))?; execution plant-\S+ goes on from here .* escalated, level 2: dead, not reached: .* hook in the place of dead .* skipped by hook: execution tour-1, step two, by link/,
  );
}, 90_000);
