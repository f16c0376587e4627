import { createServer, type Server } from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import type { RunningFleet } from '#devices/simulator/fleet.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call, connectFleet, type ExecutionDocument, POLL, run, settled, start } from './client.ts';
import { deployed, emulated, isEmulated } from './stacks.ts';

const FLEET = `
stepwright: 1
fleet: operations
devices:
  - { id: op-old, capabilities: { ota: 1.0.0 }, tags: { site: operations }, reported: { position: shut } }
  - { id: op-new, capabilities: { ota: 2.1.0 }, tags: { site: operations }, reported: { position: shut } }
behaviour:
  latency: 10ms
  commands:
    valve.open: { sets: { position: open } }
    valve.shut: { sets: { position: shut } }
`;

let fleet: RunningFleet | undefined;
let service: Server | undefined;
/** How services were called. */
const called: string[] = [];

beforeAll(async () => {
  if (!isEmulated) return;
  const server = createServer(({ method = '', url = '' }, response) => {
    called.push(`${method} ${url}`);
    if (url === '/broken') response.statusCode = 500;
    response.setHeader('content-type', 'application/json').end(method === 'POST' ? '{"id":7}' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(deployed().servicePort, '127.0.0.1', resolve));
  service = server;
  fleet = await connectFleet(FLEET);
}, 90_000);

afterAll(async () => {
  service?.close();
  await fleet?.stop();
});

/** Publishes a workflow given by its fields after the version. */
async function publish(name: string, fields: string): Promise<void> {
  await call('POST', '/v1/workflows', `stepwright: 1\nname: ${name}\nversion: 1.0.0\n${fields}`);
}

const stepOf = (execution: ExecutionDocument, path: string) =>
  execution.steps.find((step) => step.path === path);

const LinksSchema = z.object({ links: z.array(z.object({ to: z.string(), link: z.string() })) });

emulated('a link answers an approval once; one that was used, or forged, is refused', async () => {
  await call('PUT', '/v1/groups/door-ops', { members: ['ann@x.org'] });
  await publish('linked', 'steps: [{ id: ask, approve: { group: door-ops } }]\n');
  const id = await start('linked', {});
  const approval = `/v1/approvals/${encodeURIComponent(`${id}:ask:0`)}`;
  await expect
    .poll(() => call('GET', approval).catch(() => undefined), POLL)
    .toMatchObject({ status: 'OPEN' });
  const { links } = LinksSchema.parse(await call('GET', `${approval}/links`));
  const link = links[0]?.link ?? '';
  const answer = async (url: string) => {
    const body = new URLSearchParams({ decision: 'approve' });
    return (await fetch(url, { method: 'POST', body })).status;
  };
  expect(await answer(link.replace(/.{6}$/, 'AAAAAA'))).toBe(404);
  expect(await call('GET', approval)).toMatchObject({ status: 'OPEN', votes: [] });
  expect(await answer(link)).toBe(200);
  expect(await answer(link)).toBe(410);
  expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED', output: { ask: { by: 'ann@x.org' } } });
});

emulated('a device that one rollout has claimed is refused to another, until that has ended', async () => {
  const rollout = `steps:
  - id: rollout
    forEach: "{% ['op-old'] %}"
    as: device
    claim: refuse
    waves: [{ rest: true }]
    steps: [{ id: hold, wait: { event: { name: claims.go } } }]
`;
  await publish('claiming', rollout);
  const first = await start('claiming', {});
  // The one that claims first is the one that waits: only then is the other asked for.
  await expect
    .poll(() => call('GET', `/v1/events?execution=${first}&kind=step.waiting`), POLL)
    .toMatchObject({ events: [{ execution: first }] });
  await expect
    .poll(async () => {
      const second = await run('claiming', {}).catch(() => undefined);
      return second?.error;
    }, POLL)
    .toBe('Device.Claimed');
  await expect
    .poll(() => call('POST', '/v1/events', { name: 'claims.go', data: {} }), POLL)
    .toEqual({ taken: 1 });
  expect(await settled(first)).toMatchObject({ status: 'SUCCEEDED' });
});

emulated('units of a pool are held, waited for, and taken away by an operator', async () => {
  await call('PUT', '/v1/pools/op-bay', { limit: 1 });
  await publish(
    'holding',
    'steps: [{ id: held, lock: { pools: { op-bay: 1 }, steps: [{ id: go, wait: { event: { name: bay.go } } }] } }]\n',
  );
  const pool = () => call('GET', '/v1/pools/op-bay');
  const first = await start('holding', {});
  await expect.poll(pool, POLL).toMatchObject({ used: 1 });
  const second = await start('holding', {});
  await expect.poll(pool, POLL).toMatchObject({ line: [{}] });
  await call('POST', '/v1/pools/op-bay/release', { task: `${first}:held:0`, by: 'ann', reason: 'it hangs' });
  await expect.poll(pool, POLL).toMatchObject({ used: 1, line: [] });
  await expect
    .poll(() => call('POST', '/v1/events', { name: 'bay.go', data: {} }), POLL)
    .toEqual({ taken: 2 });
  expect(await settled(first)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await settled(second)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await pool()).toMatchObject({ used: 0 });
});

emulated(
  'a call is undone in its place; of one that broke an operator says what it did, and it goes on',
  async () => {
    const address = `http://127.0.0.1:${deployed().servicePort}`;
    await publish(
      'booking',
      `steps:
  - { id: open, command: valve.open, device: op-new, compensate: { command: valve.shut } }
  - id: book
    http: { method: POST, url: ${address}/slots }
    compensate: { http: { method: DELETE, url: "{% '${address}/slots/' & $string($result.body.id) %}" } }
  - id: pay
    http: { method: POST, url: ${address}/broken }
    compensate: { http: { method: DELETE, url: ${address}/payment } }
`,
    );
    const execution = await run('booking', {});
    expect(execution).toMatchObject({
      status: 'ROLLBACK_INCOMPLETE',
      error: 'Http.ServerError',
      leftBehind: [{ path: 'pay', reason: 'OUTCOME_UNKNOWN', error: 'Http.ServerError' }],
    });
    expect(called).toEqual(['POST /slots', 'POST /broken', 'DELETE /slots/7']);
    expect(stepOf(execution, 'book')).toMatchObject({ status: 'COMPENSATED' });
    expect(await call('GET', '/v1/devices/op-new')).toMatchObject({ reported: { position: 'shut' } });
    const { executionId: id } = execution;
    await call('POST', `/v1/executions/${id}/rollback`, {
      by: 'ann',
      reason: 'it was paid',
      unknown: 'undo',
    });
    expect(await settled(id)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(called.at(-1)).toBe('DELETE /payment');
  },
);

emulated(
  'a command goes to a device that has what it requires, and its step tells which and why',
  async () => {
    await publish(
      'routed',
      'steps: [{ id: open, command: valve.open, on: { requires: { ota: ">=2" }, tags: { site: operations } } }]\n',
    );
    const execution = await run('routed', {});
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(stepOf(execution, 'open')).toMatchObject({ device: 'op-new', route: { chosen: 'op-new' } });
  },
);

emulated('a rollout that is paused holds its next wave until it is resumed', async () => {
  await publish(
    'soaking',
    `input: { type: object, required: [run], properties: { run: { type: string } } }
steps:
  - id: rollout
    forEach: "{% [1, 2] %}"
    as: item
    waves: [{ count: 1 }, { rest: true }]
    betweenWaves: { soak: 3s }
    steps: [{ id: ask, http: { url: "{% 'http://127.0.0.1:${deployed().servicePort}/' & $input.run %}" } }]
`,
  );
  const asked = (run: string): number => called.filter((call) => call === `GET /${run}`).length;
  const id = await start('soaking', { run: 'paused' });
  await expect.poll(() => asked('paused'), POLL).toBe(1);
  await call('POST', `/v1/executions/${id}/pause`, { by: 'ann', reason: 'let me look' });
  // Another that began later is through: its soak time is over, and so is that of the one that is paused.
  expect(await run('soaking', { run: 'free' })).toMatchObject({ status: 'SUCCEEDED' });
  expect([asked('free'), asked('paused')]).toEqual([2, 1]);
  await call('POST', `/v1/executions/${id}/resume`, { by: 'ann' });
  expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(asked('paused')).toBe(2);
});

emulated('waves that would begin at once are held by their gates, and let through one by one', async () => {
  await publish(
    'gated',
    `steps:
  - { id: begin, wait: { event: { name: gated.begin } } }
  - id: rollout
    needs: [begin]
    forEach: "{% ['a', 'b', 'c'] %}"
    as: device
    waves: [{ count: 1 }, { count: 1 }, { rest: true }]
    steps: [{ id: go, wait: { event: { name: gated.go } } }]
`,
  );
  const id = await start('gated', {});
  const operate = (verb: string) => call('POST', `/v1/executions/${id}/${verb}`, { by: 'ann' });
  const tell = (name: string) =>
    expect.poll(() => call('POST', '/v1/events', { name, data: {} }), POLL).toEqual({ taken: 1 });
  const isHeldAt = (wave: number) =>
    expect
      .poll(() => call('GET', `/v1/executions/${id}/rollouts`), POLL)
      .toMatchObject({ waiting: [{ for: 'gate', path: `rollout.waves[${wave}].rollout.gate` }] });

  await operate('pause');
  await tell('gated.begin');
  await isHeldAt(0);
  await operate('next');
  await tell('gated.go');
  await isHeldAt(1);
  await operate('resume');
  await tell('gated.go');
  await tell('gated.go');
  expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED' });
});

emulated('a step decides by a decision of the project, and tells why', async () => {
  await publish(
    'deciding',
    'steps: [{ id: risk, decide: { decision: site-risk, input: { site: berlin, hour: 22 } } }]\n',
  );
  const execution = await run('deciding', {});
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { risk: { risk: 'medium' } } });
  expect(stepOf(execution, 'risk')?.because).toBeDefined();
});

emulated('an event of EventBridge reaches the step that waits for it', async () => {
  await publish(
    'listening',
    'steps: [{ id: gate, wait: { event: { name: gate.opened, where: "{% $event.gate = \'north\' %}" } } }]\n',
  );
  const id = await start('listening', {});
  const bridge = new EventBridgeClient(emulatorClientConfig(deployed().endpoint));
  const Detail = JSON.stringify({ gate: 'north', by: 'ann' });
  const entry = { Source: 'plant.gates', DetailType: 'Gate opened', Detail };
  await expect
    .poll(
      async () => {
        await bridge.send(new PutEventsCommand({ Entries: [entry] }));
        return call('GET', `/v1/executions/${id}`);
      },
      { ...POLL, interval: 1_000 },
    )
    .toMatchObject({ status: 'SUCCEEDED', output: { gate: { gate: 'north', by: 'ann' } } });
});
