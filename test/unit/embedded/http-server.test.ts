import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '#api/http.ts';
import { type HttpServer, startHttpServer } from '#embedded/http-server.ts';

const TOKEN = 'a-token-that-is-long-enough';
const defects: unknown[] = [];
let handle: (request: HttpRequest) => Promise<HttpResponse>;
let server: HttpServer;

const ok: HttpResponse = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };

beforeEach(async () => {
  defects.length = 0;
  handle = async () => ok;
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    handle: (request) => handle(request),
    onDefect: (error) => defects.push(error),
  });
});

afterEach(() => server.close());

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server.url + path, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
  });
}

test('the API gets method, path, query, headers and body', async () => {
  let seen: HttpRequest | undefined;
  handle = async (request) => {
    seen = request;
    return { ...ok, status: 201 };
  };
  const response = await call('/v1/workflows?limit=2', {
    method: 'POST',
    body: 'name: Ä',
    headers: { 'Idempotency-Key': 'k' },
  });
  expect(response.status).toBe(201);
  expect(seen).toMatchObject({
    method: 'POST',
    path: '/v1/workflows',
    query: { limit: '2' },
    headers: { 'idempotency-key': 'k' },
    body: 'name: Ä',
  });
});

test.each([
  ['no header', {}],
  ['a wrong token', { authorization: 'Bearer wrong' }],
  ['another scheme', { authorization: `Basic ${TOKEN}` }],
  ['an empty token', { authorization: 'Bearer ' }],
])('%s is answered 401 as a problem, and the API sees nothing', async (_name, headers) => {
  let called = false;
  handle = async () => {
    called = true;
    return ok;
  };
  const response = await fetch(`${server.url}/v1/workflows`, { headers });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="stepwright"');
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status: 401, title: 'Unauthorized' });
  expect(called).toBe(false);
});

test('a body that is too large is answered 413', async () => {
  const response = await call('/v1/workflows', { method: 'POST', body: 'x'.repeat(4 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
});

test('a defect is answered 500 without its details, and reported', async () => {
  handle = async () => {
    throw new Error('secret details');
  };
  const response = await call('/v1/workflows');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  expect(defects).toEqual([new Error('secret details')]);
});

test('a port in use is refused, with the option that changes it', async () => {
  const port = Number(new URL(server.url).port);
  await expect(
    startHttpServer({ host: '127.0.0.1', port, token: TOKEN, handle, onDefect: () => {} }),
  ).rejects.toMatchObject({ code: 'SW3001', hint: expect.stringContaining('--port') });
});

test('closing lets an open request finish', async () => {
  let release: (() => void) | undefined;
  const entered = new Promise<void>((resolveEntered) => {
    handle = () =>
      new Promise((resolve) => {
        release = () => resolve(ok);
        resolveEntered();
      });
  });
  const response = call('/slow');
  await entered;
  const closed = server.close();
  release?.();
  expect((await response).status).toBe(200);
  await closed;
});

test('a client that goes away in the middle of its body harms nobody', async () => {
  const port = Number(new URL(server.url).port);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 100\r\n\r\npart`,
    () => socket.destroy(),
  );
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await call('/')).status).toBe(200);
  expect(defects).toEqual([]);
});

test('who answers an approval by a link needs no token, and sends no more than a form', async () => {
  handle = async () => ({ ...ok, headers: { 'content-type': 'text/html' } });
  const page = `${server.url}/v1/approvals/x%3Aask%3A0/answer?token=t`;
  expect((await fetch(page)).headers.get('content-type')).toBe('text/html');
  expect((await fetch(page, { method: 'POST', body: 'x'.repeat(65 * 1024) })).status).toBe(413);
  expect((await fetch(`${server.url}/v1/approvals/x%3Aask%3A0/answers`)).status).toBe(401);
  expect((await fetch(`${server.url}/v1/approvals/x%3Aask%3A0/links`)).status).toBe(401);
});
