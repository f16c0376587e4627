import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiRefusal, callApi } from '#cli/api-client.ts';

interface Reply {
  readonly status: number;
  readonly body: string;
}

let http: HttpServer;
let url = '';
let reply: Reply;
let seen: { url?: string | undefined; authorization?: string | undefined; body?: string };

beforeAll(async () => {
  http = createServer(async (request, response) => {
    const body = (await Array.fromAsync(request)).join('');
    seen = { url: request.url, authorization: request.headers.authorization, body };
    response.writeHead(reply.status).end(reply.body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(() => http.close());
beforeEach(() => {
  reply = { status: 200, body: '{"ok":true}' };
  seen = {};
});

const answer = z.object({ ok: z.boolean() });

function ask(path: readonly string[] = ['health']) {
  return callApi({ url, token: 'secret' }, { method: 'GET', path, answer });
}

function problem(status: number, more: object): Reply {
  return {
    status,
    body: JSON.stringify({ type: 'about:blank', title: 'No', status, detail: 'no', ...more }),
  };
}

test('a request carries the token, and parts of its path are encoded', async () => {
  const call = { method: 'PUT', path: ['a/b', 'ä'], query: { limit: '2' }, body: { x: 1 }, answer } as const;
  expect(await callApi({ url, token: 'secret' }, call)).toEqual({ status: 200, document: { ok: true } });
  expect(seen).toEqual({ url: '/v1/a%2Fb/%C3%A4?limit=2', authorization: 'Bearer secret', body: '{"x":1}' });
});

test('a text is sent as it is', async () => {
  await callApi({ url, token: 'secret' }, { method: 'POST', path: [], body: 'name: tour', answer });
  expect(seen.body).toBe('name: tour');
});

test.each([
  [400, 'invalid'],
  [404, 'not-found'],
  [409, 'conflict'],
  [429, 'too-many-requests'],
  [503, 'unavailable'],
])('a problem with status %d keeps its code, and is %s', async (status, kind) => {
  reply = problem(status, { code: 'SW4099', hint: 'wait' });
  await expect(ask()).rejects.toMatchObject({ code: 'SW4099', kind, message: 'no', hint: 'wait' });
});

test('of a request that the API names, a hint names the command', async () => {
  reply = problem(404, { code: 'SW4043', hint: 'GET /v1/workflows' });
  await expect(ask()).rejects.toMatchObject({ hint: expect.stringContaining('stepwright workflows list') });
});

test('what is wrong with a definition comes along', async () => {
  reply = problem(400, { code: 'SW4002', diagnostics: [{ code: 'SW1101' }] });
  const fault = await ask().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(ApiRefusal);
  expect(fault).toMatchObject({ diagnostics: [{ code: 'SW1101' }] });
});

test.each([401, 403])('status %d is about the token, whatever is in the answer', async (status) => {
  reply = { status, body: '{"message":"Forbidden"}' };
  await expect(ask()).rejects.toMatchObject({ code: 'SW3063', kind: 'unauthorized' });
});

test.each<[what: string, reply: Reply, said: string]>([
  ['no JSON', { status: 200, body: '<html>' }, 'its answer (status 200) is not understood'],
  ['another document', { status: 200, body: '{"ok":"yes"}' }, 'its answer (status 200) is not understood'],
  ['an error of another service', { status: 502, body: 'bad gateway' }, 'it answers with status 502'],
  ['a problem without a code', problem(500, { detail: 'a defect' }), 'it answers with status 500 a defect'],
])('%s is no answer of ours', async (_what, given, said) => {
  reply = given;
  await expect(ask()).rejects.toMatchObject({ code: 'SW3064', message: expect.stringContaining(said) });
});

test('a server that is not there is told with what helps', async () => {
  const away = createServer();
  await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
  const { port } = away.address() as AddressInfo;
  await new Promise((resolve) => away.close(resolve));
  const server = { url: `http://127.0.0.1:${port}`, token: 'secret' };
  await expect(callApi(server, { method: 'GET', path: [], answer })).rejects.toMatchObject({
    code: 'SW3061',
    kind: 'unavailable',
    message: `no answer from ${server.url}: connect ECONNREFUSED 127.0.0.1:${port}`,
    hint: expect.stringContaining('stepwright start'),
  });
});
