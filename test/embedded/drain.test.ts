import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningCommand, startStepwright, stepwright } from './command-line.ts';

let folder = '';
let commands: RunningCommand[] = [];
/** A service whose answers come when they are told to. */
let service: Server;
let asked: ServerResponse[] = [];
let address = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-drain-'));
  asked = [];
  service = createServer((_request, response) => void asked.push(response));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const { child, finished } of commands) {
    child.kill('SIGKILL');
    await finished;
  }
  commands = [];
  service.closeAllConnections();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});

const data = (): string => join(folder, 'data');

async function startServer(...options: string[]): Promise<{ command: RunningCommand; url: string }> {
  const command = startStepwright(
    ['start', '--data', data(), '--port', '0', '--mqtt-port', '0', ...options],
    { env: { STEPWRIGHT_HTTP_ALLOW: address } },
  );
  commands.push(command);
  const [, url = ''] = /serves (\S+) /.exec(await command.line(/^Stepwright serves /)) ?? [];
  return { command, url };
}

function call(url: string, method: string, path: string, body?: string): Promise<Response> {
  const token = readFileSync(join(data(), 'token'), 'utf8').trim();
  return fetch(`${url}${path}`, {
    ...{ method, headers: { authorization: `Bearer ${token}` } },
    ...(body === undefined ? {} : { body }),
  });
}

async function publish(url: string, name: string, steps: string): Promise<void> {
  const workflow = `{ stepwright: 1, name: ${name}, version: 1.0.0, steps: [${steps}] }`;
  const response = await call(url, 'POST', '/v1/workflows', workflow);
  expect(await response.text()).not.toContain('urn:stepwright:error');
}

const asking = (): string =>
  `{ id: ask, http: { url: "http://${address}/" } }, { id: after, set: { done: true } }`;
const StartedSchema = z.object({ executionId: z.string() });

async function start(url: string, name: string): Promise<string> {
  const response = await call(url, 'POST', `/v1/workflows/${name}/executions`, '{}');
  return StartedSchema.parse(await response.json()).executionId;
}

async function status(url: string, id: string): Promise<unknown> {
  const document: unknown = await (await call(url, 'GET', `/v1/executions/${id}`)).json();
  return z.looseObject({ status: z.string() }).parse(document).status;
}

const POLL = { interval: 20, timeout: 10_000 };

function answerAll(): void {
  for (const response of asked) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

test('one start too many is answered 429 with Retry-After, and is no execution', async () => {
  const { url } = await startServer('--max-running', '1', '--max-queued', '0');
  await publish(url, 'slow', asking());
  const id = await start(url, 'slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  const refused = await call(url, 'POST', '/v1/workflows/slow/executions', '{}');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    ...{ type: 'urn:stepwright:error:SW4081', title: 'Too Many Requests', status: 429, code: 'SW4081' },
  });
  const listed = z.object({ executions: z.array(z.unknown()) });
  expect(listed.parse(await (await call(url, 'GET', '/v1/executions')).json()).executions).toHaveLength(1);
  answerAll();
  await expect.poll(() => status(url, id), POLL).toBe('SUCCEEDED');
  await start(url, 'slow');
});

test('a body that is nested too deep is answered 400, and is no defect', async () => {
  const { url, command } = await startServer();
  await publish(url, 'quick', '{ id: a, set: { b: 1 } }');
  const body = `{"input":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const refused = await call(url, 'POST', '/v1/workflows/quick/executions', body);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    code: 'SW4001',
    detail: expect.stringContaining('levels deep'),
  });
  command.child.kill('SIGTERM');
  expect((await command.finished).stderr).not.toContain('defect');
});

test('SIGTERM lets a call end, refuses starts meanwhile, and leaves one whole file; nothing is called twice', async () => {
  const { url, command } = await startServer();
  await publish(url, 'slow', asking());
  await publish(url, 'idle', '{ id: rest, wait: { for: 1h } }');
  const id = await start(url, 'slow');
  const idle = await start(url, 'idle');
  await expect.poll(() => asked.length, POLL).toBe(1);
  command.child.kill('SIGTERM');
  await command.line(/^ending: calls under way have 30\.0 s to end/);
  const refused = await call(url, 'POST', '/v1/workflows/slow/executions', '{}');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await status(url, id)).toBe('RUNNING');
  answerAll();
  expect(await command.finished).toMatchObject({ exitCode: 0, signal: null });
  const log = join(data(), 'stepwright.db-wal');
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);

  const second = await startServer();
  await expect.poll(() => status(second.url, id), POLL).toBe('SUCCEEDED');
  expect(await status(second.url, idle)).toBe('RUNNING');
  expect(asked).toHaveLength(1);
});

test('a call that does not end in time is cut off, and made again at the next start', async () => {
  const { url, command } = await startServer('--drain', '200ms');
  await publish(url, 'slow', asking());
  const id = await start(url, 'slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  command.child.kill('SIGINT');
  const { exitCode, stderr } = await command.finished;
  expect(exitCode).toBe(0);
  expect(stderr).toContain('calls that were still under way: 1');
  const second = await startServer();
  await expect.poll(() => asked.length, POLL).toBe(2);
  answerAll();
  await expect.poll(() => status(second.url, id), POLL).toBe('SUCCEEDED');
});

test('a second signal ends the server at once', async () => {
  const { url, command } = await startServer();
  await publish(url, 'slow', asking());
  await start(url, 'slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  command.child.kill('SIGTERM');
  await command.line(/^ending/);
  command.child.kill('SIGTERM');
  expect(await command.finished).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
});

test('neither a second server nor a run takes the data directory of a server', async () => {
  await startServer();
  const file = join(folder, 'w.yaml');
  writeFileSync(file, '{ stepwright: 1, name: w, version: 1.0.0, steps: [{ id: a, set: { b: 1 } }] }');
  for (const args of [
    ['start', '--port', '0', '--mqtt-port', '0'],
    ['run', file],
  ]) {
    const { exitCode, stderr } = await stepwright([...args, '--data', data()]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error\[SW3010\]: the data directory .* is in use by\s+process \d+/s);
    expect(stderr).not.toContain('    at ');
  }
});

test.each([
  ['--max-running', '0', 'At least 1 is needed.'],
  ['--max-queued', '-1', 'A count is a whole number'],
  ['--memory-limit', '512', 'Write it like 512MiB or 2GiB.'],
  ['--drain', 'soon', 'Write it like 30s or 2m.'],
])('%s %s is refused', async (option, value, message) => {
  const { exitCode, stderr } = await stepwright(['start', '--data', data(), option, value]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
