import { createServer } from 'node:http';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { getDecision } from '#executions/decision-store.ts';
import { getWorkflow } from '#executions/workflow-store.ts';
import { createDeadline } from '#functions/deadline/deadline.ts';
import { createDeviceMessage } from '#functions/device-message/device-message.ts';
import { connectPorts } from '#functions/ports.ts';
import { createPublishDecision, isDecisionDocument } from '#functions/publish-workflow/publish-decision.ts';
import { createPublishProject } from '#functions/publish-workflow/publish-project.ts';
import { createPublishWorkflow } from '#functions/publish-workflow/publish-workflow.ts';
import { findNotificationSettings } from '#notifications/settings.ts';
import { findGroup } from '#signals/group.ts';
import { findPublicUrl, putPublicUrl } from '#signals/public-url.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const TOPIC = 'stepwright/devices/a';

test.each([
  ['no topic of ours', { topic: 'other/a', status: 'online' }],
  ['an id that is none', { topic: 'stepwright/devices/a b/presence', status: 'online' }],
  ['an answer of no known status', { topic: `${TOPIC}/answers`, id: 'x', status: 'MAYBE' }],
  ['an event without a name', { topic: `${TOPIC}/events`, data: { door: 1 } }],
  ['a presence of no known status', { topic: `${TOPIC}/presence`, status: 'here' }],
])('a message with %s is malformed, and changes nothing', async (_what, message) => {
  using world = await World.create();
  expect(await createDeviceMessage(world.ports)(message)).toEqual({ reception: 'malformed' });
});

test('presence registers a device, and an answer of nothing known is ignored', async () => {
  using world = await World.create();
  const take = createDeviceMessage(world.ports);
  expect(await take({ topic: `${TOPIC}/presence`, status: 'online', type: 'pump' })).toEqual({
    reception: 'accepted',
  });
  expect(await take({ topic: `${TOPIC}/answers`, id: 'x', status: 'SUCCEEDED' })).toEqual({
    reception: 'ignored',
  });
});

test('an event of a device reaches the steps that wait for it, with the id of the device and not the one it claims', async () => {
  using world = await World.create();
  const take = createDeviceMessage(world.ports);
  const event = { topic: `${TOPIC}/events`, name: 'door.opened', data: { door: 'd7', device: 'other' } };
  expect(await take(event)).toEqual({ reception: 'ignored' });
  const id = await world.start(
    `steps: [{ id: opened, wait: { event: { name: door.opened, where: "{% $event.device = 'a' %}" } } }]`,
  );
  await world.quiet();
  expect(await take({ ...event, topic: 'stepwright/devices/b/events' })).toEqual({ reception: 'ignored' });
  expect(await take(event)).toEqual({ reception: 'accepted' });
  expect(await world.settle(id)).toMatchObject({ output: { opened: { door: 'd7', device: 'a' } } });
});

test('a wait whose event is no text fails, and names the field', async () => {
  using world = await World.create();
  const view = await world.run('steps: [{ id: a, wait: { event: { name: "{% $input.n %}" } } }]', { n: 3 });
  expect(view).toMatchObject({ status: 'FAILED', error: 'Step.InvalidArguments' });
  expect(view.cause).toMatch(/^event: /);
});

test('a deadline of a command that is not there does nothing', async () => {
  using world = await World.create();
  expect(await createDeadline(world.ports)({ kind: 'command', id: 'x:y:0' })).toEqual({});
});

test('a workflow whose machine was deployed with the stacks is put on record', async () => {
  using world = await World.create();
  const publish = createPublishWorkflow(world.ports);
  const payload = { compiled: compileText('steps: [{ id: a, wait: { for: 1s } }]'), source: 'text' };
  expect(await publish(payload)).toEqual({ workflow: 'tested', version: '1.0.0', isNew: true });
  expect(await publish(payload)).toMatchObject({ isNew: false });
  expect(await getWorkflow(world.ports.table, 'tested')).toMatchObject({ latest: '1.0.0' });
});

test('a decision that was deployed is published as over the API, and goes by what is published before it', async () => {
  using world = await World.create();
  const publish = createPublishDecision(world.ports);
  const io = 'version: 1.0.0\ninputs: { n: { type: number } }\noutputs: { out: { type: number } }\n';
  const below = `stepwright: 1\ndecision: below\n${io}expression: { out: '{% $input.n + 1 %}' }\n`;
  const above = `stepwright: 1\ndecision: above\n${io}decisions: { low: { decision: below } }\nexpression: { out: '{% $low.out %}' }\n`;
  await expect(publish({ decision: above })).rejects.toMatchObject({
    code: 'SW4002',
    message: expect.stringContaining('no decision "below" is published'),
  });
  expect(await publish({ decision: below })).toEqual({ decision: 'below', version: '1.0.0', isNew: true });
  expect(await publish({ decision: above })).toMatchObject({ isNew: true });
  expect(await publish({ decision: above })).toMatchObject({ isNew: false });
  await expect(publish({ decision: below.replace('+ 1', '+ 2') })).rejects.toMatchObject({ code: 'SW4021' });
  expect(await getDecision(world.ports.table, 'above')).toMatchObject({ uses: { low: '1.0.0' } });
});

test.each([
  ['below@1.0.0', true],
  ['rollout-1_0_0', false],
  ['project', false],
])('the document %s is of a decision: %s', (document, isOne) => {
  expect(isDecisionDocument(document)).toBe(isOne);
});

const ENVIRONMENT = {
  TABLE_NAME: 't',
  DEADLINE_QUEUE_URL: 'https://queue',
  MACHINE_ARN_PREFIX: 'arn:aws:states:x:1:stateMachine:stepwright-',
  TRANSPORT: 'iot-core',
  DELIVERY_QUEUE_URL: 'https://deliveries',
  SECRET_PREFIX: 'stepwright/',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_REGION: 'eu-central-1',
};

test('the ports of a function come from its environment', () => {
  process.env['AWS_REGION'] ??= 'eu-central-1';
  expect(Object.keys(connectPorts(ENVIRONMENT)).sort()).toEqual([
    ...[
      'allowedHosts',
      'clock',
      'deadlines',
      'engine',
      'links',
      'notifier',
      'random',
      'secrets',
      'table',
      'traces',
      'transport',
    ],
  ]);
});

test('links need a secret, and have one where it is named', async () => {
  expect(connectPorts(ENVIRONMENT).links).toBeUndefined();
  const { links } = connectPorts({
    ...ENVIRONMENT,
    LINK_SECRET_ARN: 'arn:aws:secretsmanager:x:1:secret:l',
  });
  await expect(links?.secret()).rejects.toThrow();
});

test('who is told of what in a deployed project is put on record, and stays where the next says nothing', async () => {
  using world = await World.create();
  const { table } = world.ports;
  const notifications = {
    receivers: { list: { email: 'ops@example.com' } },
    routes: [{ topics: ['releases'], to: ['list'] }],
  };
  const publish = createPublishProject({ table });
  await publish({ groups: {}, notifications });
  await publish({ groups: {} });
  expect(await findNotificationSettings(table)).toEqual(notifications);
});

test('the groups of a deployed project, and its address, are put on record', async () => {
  using world = await World.create();
  const { table } = world.ports;
  const payload = { groups: { ops: ['ada', 'bob'] } };
  expect(await createPublishProject({ table })(payload)).toEqual({ groups: ['ops'] });
  expect(await findGroup(table, 'ops')).toEqual({ name: 'ops', members: ['ada', 'bob'] });
  expect(await findPublicUrl(table)).toBeUndefined();
  await putPublicUrl(table, 'https://x.example/live/');
  expect(await findPublicUrl(table)).toBe('https://x.example/live');
});

test.each(['TABLE_NAME', 'DEADLINE_QUEUE_URL', 'MACHINE_ARN_PREFIX', 'TRANSPORT'])(
  'without %s a function does not start',
  (name) => {
    expect(() => connectPorts({ ...ENVIRONMENT, [name]: undefined })).toThrow(name);
  },
);

test('the transport broker takes the URL of one', () => {
  expect(() => connectPorts({ ...ENVIRONMENT, TRANSPORT: 'broker' })).toThrow('BROKER_URL is not set');
});

test('a function asks nobody for its transport before it sends a command, and once then', async () => {
  const asked: string[] = [];
  const server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  try {
    const { transport } = connectPorts({ ...ENVIRONMENT, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    expect(asked).toEqual([]);
    const message = { id: 'e:s:0', command: 'valve.open', with: {}, issuedAt: 1, timeoutMs: 1_000 };
    await Promise.all([transport.send('d1', message), transport.send('d2', message)]);
    const topics = ['d1', 'd2'].map(
      (device) => `POST /topics/stepwright%2Fdevices%2F${device}%2Fcommands?qos=1`,
    );
    expect(asked.toSorted()).toEqual(topics);
  } finally {
    vi.unstubAllEnvs();
    server.close();
  }
});
