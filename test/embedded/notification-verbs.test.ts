import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReceivingServer } from '#support/receiving-server.ts';
import { type Finished, startStepwright } from './command-line.ts';
import { kill, ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: tell
version: 1.0.0
steps: [{ id: told, notify: { topic: releases, subject: Going out, message: { site: berlin } } }]
`;

/** How long is waited for what a process does, in ms. */
const POLL = { timeout: 20_000 };

let isUp = false;
let receiver: ReceivingServer;
let folder: ServedFolder;
beforeAll(async () => {
  receiver = await ReceivingServer.start((response, { path }) => {
    response.writeHead(path === '/refuses' ? 401 : isUp ? 200 : 503).end();
  });
  const url = `http://${receiver.host}`;
  const project = `
stepwright: 1
receivers:
  hook: { webhook: { url: "${url}/hook", secret: hook } }
  strict: { webhook: { url: "${url}/refuses" } }
notifications: [{ topics: [releases], to: [hook] }]
`;
  const env = {
    STEPWRIGHT_HTTP_ALLOW: receiver.host,
    STEPWRIGHT_SECRET_HOOK: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  };
  folder = new ServedFolder({ 'project/tell.yaml': WORKFLOW, 'project/stepwright.yaml': project }, env);
}, 30_000);
afterAll(async () => {
  await folder.close();
  await receiver[Symbol.asyncDispose]();
});

const notifications = (...args: readonly string[]): Promise<Finished> =>
  folder.verb('notifications', ...args);

test('a receiver that is down gets what it missed after the server was killed, under the same id', async () => {
  const server = await folder.serve();
  expect((await folder.verb('workflows', 'publish', 'project')).exitCode).toBe(0);
  await folder.document('POST', '/v1/workflows/tell/executions', { name: 'run-1' });
  await expect.poll(() => receiver.received.length, POLL).toBe(1);
  await expect
    .poll(async () => (await notifications('list', '--pending')).stdout, POLL)
    .toContain('status 503');
  expect((await notifications('list')).stdout).toMatch(
    /releases .*0 of 1, 1 pending .*Going out\n {2}run-1:told:0\n/,
  );

  await kill(server);
  isUp = true;
  await folder.serve();
  await expect
    .poll(async () => (await notifications('show', 'run-1:told:0')).stdout, POLL)
    .toContain('DELIVERED hook');
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect({ all: new Set(ids).size, isAgain: ids.length > 1 }).toEqual({ all: 1, isAgain: true });
  expect(await notifications('retry', 'run-1:told:0')).toMatchObject({
    ...{ exitCode: 1, stderr: expect.stringContaining('SW4203') },
  });
}, 60_000);

test('a receiver is tried, and what it does not like is told with what to do', async () => {
  expect(await notifications('test', 'hook')).toMatchObject({ exitCode: 0, stdout: 'hook has taken it\n' });
  const { exitCode, stdout } = await notifications('test', 'strict');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /strict has not taken it\n {2}it was answered with status 401\n {2}hint: the receiver does not/,
  );
  expect(await notifications('test', 'nobody')).toMatchObject({
    ...{ exitCode: 2, stderr: expect.stringContaining('SW4202') },
  });
  expect((await notifications('list', '--failed')).stdout).toMatch(/strict +1 .*status 401/);
}, 60_000);

test('a server that is told of half a mail server does not start', async () => {
  const env = { STEPWRIGHT_SMTP_URL: 'smtp://mail.example.com' };
  const { finished } = startStepwright(['start', '--data', 'other', '--port', '0'], {
    cwd: folder.path,
    env,
  });
  expect(await finished).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('SW3013') });
}, 30_000);
