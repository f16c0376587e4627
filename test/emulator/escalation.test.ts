import { createServer, type Server } from 'node:http';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { AlertHistoryDocument } from '#api/alert-history-documents.ts';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { StepFunctionsEngine } from '#engine/step-functions.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call, connectFleet, POLL, settled, start } from './client.ts';
import { deployed, emulated, isEmulated } from './stacks.ts';

const FLEET = `
stepwright: 1
fleet: escalation
devices: [{ id: esc-valve, tags: { site: escalation }, reported: { position: shut } }]
behaviour:
  latency: 10ms
  commands:
    valve.open: { sets: { position: open } }
    valve.shut: { sets: { position: shut } }
`;

const OPENING = `stepwright: 1
name: esc-open
version: 1.0.0
steps:
  - { id: open, command: valve.open, device: esc-valve, compensate: { command: valve.shut } }
  - { id: held, wait: { event: { name: esc.never } } }
`;
const FAILING = `stepwright: 1
name: esc-fail
version: 1.0.0
steps: [{ id: lost, command: go, device: nobody }]
`;

const RULES = (port: number) => `stepwright: 1
alerts: escalated
rules:
  - { id: failing, severity: critical, where: "workflow = 'esc-fail'", when: { rate: { of: execution.failed, above: 0, over: 1h } } }
  - { id: halted, severity: critical, where: "workflow = 'esc-open'", when: { rate: { of: execution.stopped, above: 0, over: 1h } } }
receivers: { hook: { webhook: { url: "http://127.0.0.1:${port}/hook" } } }
escalations:
  trouble: { levels: [{ to: [hook] }, { after: 2s, to: [hook] }, { after: 2s, to: [hook] }, { after: 10m, to: [hook] }] }
routes: [{ escalate: trouble, wait: 1s }]
`;

const PostedSchema = z.object({
  data: z.object({
    message: z.looseObject({ state: z.string(), level: z.number().optional(), alert: z.string().optional() }),
    link: z.string().optional(),
    actions: z.array(z.object({ verb: z.string(), link: z.string() })).default([]),
  }),
});

let fleet: RunningFleet | undefined;
let service: Server | undefined;
const posted: z.infer<typeof PostedSchema>['data'][] = [];

beforeAll(async () => {
  if (!isEmulated) return;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += String(part)));
    request.on('end', () => {
      posted.push(PostedSchema.parse(JSON.parse(text)).data);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(deployed().servicePort, '127.0.0.1', resolve));
  service = server;
  fleet = await connectFleet(FLEET);
  for (const workflow of [OPENING, FAILING]) await call('POST', '/v1/workflows', workflow);
  await call('PUT', '/v1/alert-groups/escalated', RULES(deployed().servicePort));
}, 90_000);

afterAll(async () => {
  if (isEmulated) await call('DELETE', '/v1/alert-groups/escalated');
  service?.close();
  await fleet?.stop();
});

/** Levels of which the alert of a rule was told, and the last page. */
const levelsOf = (rule: string) =>
  posted
    .filter(({ message }) => message.alert?.startsWith(`escalated.${rule}.`))
    .map(({ message }) => message.level);
const lastOf = (rule: string) =>
  posted.findLast(({ message }) => message.alert?.startsWith(`escalated.${rule}.`));

/** The execution by which Step Functions escalates an alert. */
async function escalation(alert: string) {
  const { entries } = AlertHistoryDocument.parse(await call('GET', `/v1/alerts/${alert}/history`));
  const { machine = '', execution = '' } =
    entries.flatMap(({ escalation: begun }) => (begun === undefined ? [] : [begun]))[0] ?? {};
  const client = new SFNClient(emulatorClientConfig(deployed().endpoint));
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  const [prefix = ''] = stateMachines.flatMap(
    ({ stateMachineArn: arn = '' }) => /^(.*:stepwright-)unwind-2$/.exec(arn)?.[1] ?? [],
  );
  return new StepFunctionsEngine({ client, machineArnPrefix: prefix }).describe({ machine, name: execution });
}

/** Runs the workflow until its valve is open, and stops it as it is. */
async function halted(): Promise<string> {
  const id = await start('esc-open', {});
  await expect
    .poll(() => call('GET', '/v1/devices/esc-valve'), POLL)
    .toMatchObject({
      reported: { position: 'open' },
    });
  await call('POST', `/v1/executions/${id}/stop`, { keep: true });
  expect(await settled(id)).toMatchObject({ status: 'STOPPED' });
  return id;
}

const WAIT = { ...POLL, timeout: 120_000 };

emulated(
  'Step Functions escalates through levels, until somebody acknowledges by the link that they were sent',
  async () => {
    const failed = await start('esc-fail', {});
    await expect.poll(() => levelsOf('failing'), WAIT).toEqual([1, 2, 3]);
    const { link = '', message } = lastOf('failing') ?? {};
    const id = message?.alert ?? '';
    expect(await escalation(id)).toMatchObject({ status: 'RUNNING' });
    expect(await (await fetch(link)).text()).toContain('Acknowledge alerts');
    expect((await fetch(link.replace(/.{6}$/, 'AAAAAA'), { method: 'POST' })).status).toBe(404);
    expect(await call('GET', `/v1/alerts/${id}`)).toMatchObject({ state: 'firing', executions: [failed] });
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect(await call('GET', `/v1/alerts/${id}`)).toMatchObject({
      ...{ state: 'acknowledged', acknowledgedBy: 'hook' },
    });
    await expect
      .poll(() => escalation(id), POLL)
      .toMatchObject({ status: 'SUCCEEDED', output: { end: 'acknowledged' } });
    expect(await call('GET', `/v1/alerts/${id}/history`)).toMatchObject({
      entries: [
        { what: 'fired' },
        { what: 'paged', kind: 'firing', level: 1, deliveries: [{ receiver: 'hook', status: 'DELIVERED' }] },
        { what: 'paged', kind: 'escalated', level: 2 },
        { what: 'paged', kind: 'escalated', level: 3 },
        { what: 'said', did: 'acknowledged', by: 'hook', why: 'by link' },
        { what: 'paged', kind: 'acknowledged' },
      ],
    });
  },
  240_000,
);

emulated(
  'a link of a page rolls back what an execution has left, once',
  async () => {
    const execution = await halted();
    await expect.poll(() => levelsOf('halted'), WAIT).toContain(1);
    const { actions = [], message } = lastOf('halted') ?? {};
    const id = message?.alert ?? '';
    expect(actions.map(({ verb }) => verb)).toEqual(['resume', 'rollback']);
    const link = actions.find(({ verb }) => verb === 'rollback')?.link ?? '';
    expect(await (await fetch(link)).text()).toContain('Roll the execution back?');
    expect(await call('GET', `/v1/executions/${execution}`)).toMatchObject({ status: 'STOPPED' });
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect((await fetch(link, { method: 'POST' })).status).toBe(410);
    expect(await settled(execution)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(await call('GET', '/v1/devices/esc-valve')).toMatchObject({ reported: { position: 'shut' } });
    expect(await call('GET', `/v1/executions/${execution}/history`)).toMatchObject({
      actions: [
        { operation: 'stop' },
        { operation: 'rollback', by: 'hook', reason: `by a link of the alert ${id}` },
      ],
    });
    expect(await call('GET', `/v1/alerts/${id}`)).toMatchObject({
      ...{ state: 'acknowledged', notes: [{ by: 'hook', did: 'rolled back' }] },
    });
  },
  240_000,
);
