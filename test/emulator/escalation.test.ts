import { createServer, type Server } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { StepFunctionsEngine } from '#engine/step-functions.ts';
import { escalationMachines, escalationRef } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { beginPaging } from '#monitoring/alerts/records/paging-record.ts';
import { putAlert } from '#monitoring/alerts/store/alert-store.ts';
import { putPaging } from '#monitoring/alerts/store/paging-store.ts';
import { alertFile } from '#support/alerts.ts';
import { DynamoDbTable } from '#table/dynamodb.ts';
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

const WORKFLOW = `stepwright: 1
name: esc-open
version: 1.0.0
steps:
  - { id: open, command: valve.open, device: esc-valve, compensate: { command: valve.shut } }
  - { id: held, wait: { event: { name: esc.never } } }
`;

const rules = (port: number) => `
rules: [{ id: failing, severity: critical, when: { rate: { of: execution.failed, above: 0, over: 1h } } }]
receivers: { hook: { webhook: { url: "http://127.0.0.1:${port}/hook" } } }
escalations:
  trouble: { levels: [{ to: [hook] }, { after: 2s, to: [hook] }, { after: 2s, to: [hook] }, { after: 10m, to: [hook] }] }
routes: [{ escalate: trouble }]
`;

const PostedSchema = z.object({
  data: z.object({
    message: z.looseObject({ state: z.string(), level: z.number(), group: z.string() }),
    link: z.string(),
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
  await call('POST', '/v1/workflows', WORKFLOW);
}, 90_000);

afterAll(async () => {
  service?.close();
  await fleet?.stop();
});

/** An alert of an execution that fires in a group, and has been told of; its escalation begins now. */
async function escalated(group: string, execution: string) {
  const text = rules(deployed().servicePort);
  await call('PUT', `/v1/alert-groups/${group}`, `stepwright: 1\nalerts: ${group}\n${text}`);
  const config = emulatorClientConfig(deployed().endpoint);
  const client = new DynamoDBClient(config);
  const { TableNames: names = [] } = await client.send(new ListTablesCommand({}));
  const table = new DynamoDbTable(client, names.find((name) => name.startsWith('StepwrightState')) ?? '');
  const at = Date.now();
  const key = `${group}.0.abcdef012345`;
  const id = `${group}.failing.1.${at.toString(36)}`;
  await putAlert(table, {
    ...{ id, group, alert: 'failing', title: 'It fails', severity: 'critical', by: {}, revision: 0 },
    ...{ status: 'FIRING', since: at, foundAt: at, firedAt: at, pagings: [key], notes: [] },
    ...{ devices: [], deviceCount: 0, executions: [execution] },
  });
  const paging = { ...beginPaging(key, at), told: 1, toldAt: at, toldUntil: at, toldTo: ['hook'], steps: 1 };
  await putPaging(table, { ...paging, escalatedAt: at, revision: 1 });
  const sfn = new SFNClient(config);
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const [prefix = ''] = stateMachines.flatMap(
    ({ stateMachineArn: arn = '' }) => /^(.*:stepwright-)unwind-2$/.exec(arn)?.[1] ?? [],
  );
  const engine = new StepFunctionsEngine({ client: sfn, machineArnPrefix: prefix });
  const machine = escalationMachines({ ...alertFile(text), alerts: group }).get('trouble');
  const ref = escalationRef(machine ?? { name: '' }, { incident: paging.id, at });
  await engine.start(ref, { paging: key, incident: paging.id, begun: at, step: 1 });
  return { id, execution: () => engine.describe(ref) };
}

const levelsOf = (group: string) =>
  posted.filter(({ message }) => message.group === group).map(({ message }) => message.level);
const lastOf = (group: string) => posted.findLast(({ message }) => message.group === group);

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

emulated(
  'Step Functions escalates through levels, until somebody acknowledges by the link that they were sent',
  async () => {
    const { id, execution } = await escalated('esc-ack', 'none');
    await expect.poll(() => levelsOf('esc-ack'), POLL).toEqual([2, 3]);
    expect(await execution()).toMatchObject({ status: 'RUNNING' });
    const { link = '' } = lastOf('esc-ack') ?? {};
    expect(await (await fetch(link)).text()).toContain('Acknowledge alerts');
    expect((await fetch(link.replace(/.{6}$/, 'AAAAAA'), { method: 'POST' })).status).toBe(404);
    expect(await call('GET', `/v1/alerts/${id}`)).toMatchObject({ state: 'firing' });
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect(await call('GET', `/v1/alerts/${id}`)).toMatchObject({
      ...{ state: 'acknowledged', acknowledgedBy: 'hook' },
    });
    await expect
      .poll(execution, POLL)
      .toMatchObject({ status: 'SUCCEEDED', output: { end: 'acknowledged' } });
    expect(await call('GET', `/v1/alerts/${id}/history`)).toMatchObject({
      entries: [
        { what: 'fired' },
        {
          what: 'paged',
          kind: 'escalated',
          level: 2,
          deliveries: [{ receiver: 'hook', status: 'DELIVERED' }],
        },
        { what: 'paged', kind: 'escalated', level: 3 },
        { what: 'said', did: 'acknowledged', by: 'hook', why: 'by link' },
        { what: 'paged', kind: 'acknowledged' },
      ],
    });
  },
  120_000,
);

emulated(
  'a link of a page rolls back what an execution has left, once',
  async () => {
    const execution = await halted();
    const { id } = await escalated('esc-undo', execution);
    await expect.poll(() => levelsOf('esc-undo'), POLL).toContain(2);
    const { actions = [] } = lastOf('esc-undo') ?? {};
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
  120_000,
);
