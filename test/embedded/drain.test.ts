import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startStepwright, stepwright } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

const QUICK = '{ stepwright: 1, name: w, version: 1.0.0, steps: [{ id: a, set: { b: 1 } }] }';

let folder: ServedFolder;
/** A service whose answers come when they are told to. */
let service: Server;
let asked: ServerResponse[] = [];
let address = '';

beforeEach(async () => {
  asked = [];
  service = createServer((_request, response) => void asked.push(response));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  folder = new ServedFolder({ 'w.yaml': QUICK }, { STEPWRIGHT_HTTP_ALLOW: address });
});
afterEach(async () => {
  await folder.close();
  service.closeAllConnections();
  service.close();
});

const data = (): string => folder.file('data');

async function publish(name: string, steps: string): Promise<void> {
  const workflow = `{ stepwright: 1, name: ${name}, version: 1.0.0, steps: [${steps}] }`;
  await folder.document('POST', '/v1/workflows', workflow);
}

const asking = (): string =>
  `{ id: ask, http: { url: "http://${address}/" } }, { id: after, set: { done: true } }`;
const StartedSchema = z.object({ executionId: z.string() });

async function start(name: string): Promise<string> {
  const started = await folder.document('POST', `/v1/workflows/${name}/executions`, '{}');
  return StartedSchema.parse(started).executionId;
}

async function status(id: string): Promise<unknown> {
  const document = await folder.document('GET', `/v1/executions/${id}`);
  return z.looseObject({ status: z.string() }).parse(document).status;
}

const POLL = { interval: 20, timeout: 10_000 };

function answerAll(): void {
  for (const response of asked) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

test('one start too many is answered 429 with Retry-After, and is no execution', async () => {
  await folder.serve('--max-running', '1', '--max-queued', '0');
  await publish('slow', asking());
  const id = await start('slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  const refused = await folder.call('POST', '/v1/workflows/slow/executions', '{}');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    ...{ type: 'urn:stepwright:error:SW4081', title: 'Too Many Requests', status: 429, code: 'SW4081' },
  });
  const listed = z.object({ executions: z.array(z.unknown()) });
  expect(listed.parse(await folder.document('GET', '/v1/executions')).executions).toHaveLength(1);
  answerAll();
  await expect.poll(() => status(id), POLL).toBe('SUCCEEDED');
  await start('slow');
});

test('a body that is nested too deep is answered 400, and is no defect', async () => {
  const server = await folder.serve();
  await publish('quick', '{ id: a, set: { b: 1 } }');
  const body = `{"input":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const refused = await folder.call('POST', '/v1/workflows/quick/executions', body);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    code: 'SW4001',
    detail: expect.stringContaining('levels deep'),
  });
  server.child.kill('SIGTERM');
  expect((await server.finished).stderr).not.toContain('defect');
});

test('SIGTERM lets a call end, refuses starts meanwhile, and leaves one whole file; nothing is called twice', async () => {
  const server = await folder.serve();
  await publish('slow', asking());
  await publish('idle', '{ id: rest, wait: { for: 1h } }');
  const id = await start('slow');
  const idle = await start('idle');
  await expect.poll(() => asked.length, POLL).toBe(1);
  server.child.kill('SIGTERM');
  await server.line(/^ending: calls under way have 30\.0 s to end/);
  const refused = await folder.call('POST', '/v1/workflows/slow/executions', '{}');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await status(id)).toBe('RUNNING');
  answerAll();
  expect(await server.finished).toMatchObject({ exitCode: 0, signal: null });
  const log = folder.file('data/stepwright.db-wal');
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0);

  await folder.serve();
  await expect.poll(() => status(id), POLL).toBe('SUCCEEDED');
  expect(await status(idle)).toBe('RUNNING');
  expect(asked).toHaveLength(1);
});

test('a call that does not end in time is cut off, and made again at the next start', async () => {
  const server = await folder.serve('--drain', '200ms');
  await publish('slow', asking());
  const id = await start('slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  server.child.kill('SIGINT');
  const { exitCode, stderr } = await server.finished;
  expect(exitCode).toBe(0);
  expect(stderr).toContain('calls that were still under way: 1');
  await folder.serve();
  await expect.poll(() => asked.length, POLL).toBe(2);
  answerAll();
  await expect.poll(() => status(id), POLL).toBe('SUCCEEDED');
});

test('a run that is interrupted lets a call end, and the next one goes on behind it', async () => {
  const file = folder.file('asks.yaml');
  writeFileSync(file, `{ stepwright: 1, name: asks, version: 1.0.0, steps: [${asking()}] }`);
  const args = ['run', file, '--mqtt-port', '0', '--data', data()];
  const env = { STEPWRIGHT_HTTP_ALLOW: address };
  const first = startStepwright(args, { env });
  await expect.poll(() => asked.length, POLL).toBe(1);
  first.child.kill('SIGINT');
  await first.line(/goes on with it/);
  answerAll();
  expect(await first.finished).toMatchObject({
    exitCode: 1,
    stderr: expect.not.stringContaining('under way'),
  });
  expect(await stepwright(args, { env })).toMatchObject({ exitCode: 0 });
  expect(asked).toHaveLength(1);
});

test('a second signal ends the server at once', async () => {
  const server = await folder.serve();
  await publish('slow', asking());
  await start('slow');
  await expect.poll(() => asked.length, POLL).toBe(1);
  server.child.kill('SIGTERM');
  await server.line(/^ending/);
  server.child.kill('SIGTERM');
  expect(await server.finished).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
});

test('neither a second server nor a run takes the data directory of a server', async () => {
  await folder.serve();
  for (const args of [
    ['start', '--port', '0', '--mqtt-port', '0'],
    ['run', folder.file('w.yaml')],
  ]) {
    const { exitCode, stderr } = await stepwright([...args, '--data', data()]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error\[SW3010\]: the data directory .* is\s+in\s+use\s+by\s+process \d+/s);
    expect(stderr).not.toContain('    at ');
  }
});

test.each([
  ['--max-running', '0', 'At least 1 is needed.'],
  ['--max-queued', '-1', 'A count is a whole number'],
  ['--memory-limit', '512', 'Write it like 512MiB or 2GiB.'],
  ['--drain', 'soon', 'Write it like 30s, 15m or 2h.'],
])('%s %s is refused', async (option, value, message) => {
  const { exitCode, stderr } = await stepwright(['start', '--data', data(), option, value]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
