import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type CallHttpRequest, CallHttpRequestSchema } from '#compiler/call-payload.ts';
import { callHttp } from '#integrations/call-http.ts';
import { environmentSecrets } from '#integrations/secrets.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

type Answer = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void;

/** Starts a service on this machine; gives its host. */
async function serve(answer: Answer): Promise<string> {
  const started = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      answer(Object.assign(request, { text: Buffer.concat(chunks).toString() }), response),
    );
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${z.object({ port: z.number() }).parse(started.address()).port}`;
}

function call(host: string, fields: Partial<CallHttpRequest> = {}, allowed = [host]) {
  const request = CallHttpRequestSchema.parse({
    ...{ taskToken: 't', execution: 'e', path: 'a', attempt: 0, method: 'GET', url: `http://${host}/x` },
    timeoutSeconds: 5,
    ...fields,
  });
  const secrets = environmentSecrets({ STEPWRIGHT_SECRET_PLANT_API: 's3cret' });
  return callHttp({ secrets, allowedHosts: new Set(allowed) }, request);
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

test.each([
  ['JSON', JSON_TYPE, '{"ok":true}', { ok: true }],
  ['no JSON in spite of its type', JSON_TYPE, '{', '{'],
  ['nothing', JSON_TYPE, '', ''],
  ['text', { 'content-type': 'text/plain' }, '{"ok":true}', '{"ok":true}'],
])('an answer of %s is given as it is meant', async (_, headers, body, expected) => {
  const host = await serve((_request, response) => response.writeHead(201, headers).end(body));
  expect(await call(host)).toMatchObject({ status: 201, headers, body: expected });
});

test('a call has its method, headers with secrets, body, and a key that stays the same', async () => {
  const seen: object[] = [];
  const host = await serve(({ method, url, headers, text }, response) => {
    const { 'idempotency-key': key, 'content-type': type, authorization, 'x-plain': plain } = headers;
    seen.push({ method, url, key, type, authorization, plain, text });
    response.end();
  });
  await call(host, {
    method: 'POST',
    headers: { Authorization: { secret: 'plant-api' }, 'X-Plain': 'p' },
    body: { a: [1] },
  });
  await call(host, { method: 'PUT', body: 'text' });
  expect(seen).toEqual([
    {
      ...{ method: 'POST', url: '/x', key: 'e:a:0', type: 'application/json' },
      ...{ authorization: 's3cret', plain: 'p', text: '{"a":[1]}' },
    },
    expect.objectContaining({ method: 'PUT', type: 'text/plain; charset=utf-8', text: 'text' }),
  ]);
});

test.each([
  [404, 'Http.ClientError'],
  [503, 'Http.ServerError'],
])('status %i is a failure: %s', async (status, name) => {
  const host = await serve((_request, response) => response.writeHead(status).end('no such thing'));
  await expect(call(host)).rejects.toMatchObject({
    name,
    message: `GET http://${host}/x was answered with ${status}: "no such thing"`,
  });
});

test('a redirect is an answer, and not followed', async () => {
  const host = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  );
  expect(await call(host)).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
});

test.each([
  ['$result.body.n = $wanted', 2, undefined],
  ['$result.body.n = $wanted', 3, 'Step.Unexpected'],
  ['$result.body.n + "x"', 3, 'Step.Unexpected'],
])('the expectation %s for %i: %s', async (expectation, wanted, name) => {
  const host = await serve((_request, response) => response.writeHead(200, JSON_TYPE).end('{"n":2}'));
  const answered = call(host, { expect: expectation, bindings: { wanted } });
  if (name === undefined) expect(await answered).toMatchObject({ body: { n: 2 } });
  else await expect(answered).rejects.toMatchObject({ name });
});

test.each([
  ['http://127.0.0.1:1/', 'Http.Forbidden'],
  ['http://[::1]:1/', 'Http.Forbidden'],
  ['http://169.254.169.254/latest/meta-data', 'Http.Forbidden'],
  ['http://localhost/', 'Http.Forbidden'],
  ['ftp://example.com/', 'Http.Forbidden'],
  ['file:///etc/passwd', 'Http.Forbidden'],
  ['no address', 'Http.Forbidden'],
  ['http://user:pass@example.com/', 'Http.Forbidden'],
  ['http://nothing.invalid/', 'Http.Unreachable'],
])('%s is not called: %s', async (url, name) => {
  await expect(call('x', { url }, [])).rejects.toMatchObject({ name });
});

test('a service that is silent, breaks off or is not there fails the call', async () => {
  const host = await serve(({ url }, response) => {
    if (url === '/broken')
      response.writeHead(200, { 'content-length': '10' }).write('x', () => response.destroy());
  });
  await expect(call(host, { timeoutSeconds: 0.05 })).rejects.toMatchObject({ name: 'Http.Timeout' });
  await expect(call(host, { url: `http://${host}/broken` })).rejects.toMatchObject({
    name: 'Http.Unreachable',
  });
  await expect(call('127.0.0.1:1')).rejects.toMatchObject({ name: 'Http.Unreachable' });
});

test('an answer that no state could hold fails the call', async () => {
  const host = await serve((_request, response) => response.end('x'.repeat(200_001)));
  await expect(call(host)).rejects.toMatchObject({ name: 'Http.TooLarge' });
});

test('a secret that is not there fails the call, by its name and without any value', async () => {
  const host = await serve((_request, response) => response.end());
  await expect(call(host, { headers: { a: { secret: 'none' } } })).rejects.toMatchObject({
    ...{ name: 'Secret.Unknown', message: 'there is no secret "none"' },
  });
});
