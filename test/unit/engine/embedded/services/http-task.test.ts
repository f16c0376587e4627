import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { guardedHttp } from '#embedded/service-http.ts';
import type { Connection } from '#engine/embedded/services/http-port.ts';
import { callHttpTask } from '#engine/embedded/services/http-task.ts';
import { playWire } from '#support/wire.ts';
import { callAt, failureOf, resourceOf } from './calls.ts';

const ARN = 'arn:aws:events:us-east-1:1:connection/plant/11111111';
const KNOWN: Connection = { headers: { authorization: 'Bearer s3cret' } };

function connections(connection: Connection | undefined = KNOWN) {
  return { find: async (name: string) => (name === 'plant' ? connection : undefined) };
}

const WITH = { connections: connections() };

function args(endpoint: string, more: object = {}): Json {
  return {
    ApiEndpoint: `${endpoint}/x?a=1`,
    Method: 'POST',
    Authentication: { ConnectionArn: ARN },
    ...more,
  };
}

describe('an HTTP task', () => {
  test('sends what it says, with what the connection adds, and gives the answer', async () => {
    await using wire = await playWire({ body: { ok: true } });
    const sent = args(wire.endpoint, {
      Headers: { 'X-Plant': 'b', 'X-List': ['c', 'd'] },
      QueryParameters: { a: 2, b: ['x', 'y z'] },
      RequestBody: { n: 1 },
    });
    expect(await callAt(wire, 'http:invoke', sent, WITH)).toEqual({
      Headers: expect.objectContaining({
        'content-type': ['application/x-amz-json-1.0'],
        'content-length': ['11'],
      }),
      ...{ ResponseBody: { ok: true }, StatusCode: 200, StatusText: 'OK' },
    });
    expect(wire.calls).toMatchObject([
      {
        ...{ method: 'POST', url: '/x?a=2&b=x&b=y+z', body: '{"n":1}' },
        headers: {
          ...{ authorization: 'Bearer s3cret', 'x-plant': 'b', 'x-list': 'c,d', range: 'bytes=0-262144' },
          'content-type': 'application/json; charset=UTF-8',
        },
      },
    ]);
  });

  test('merges the parameters of the connection, which come before its own', async () => {
    await using wire = await playWire({ body: 'fine' });
    const adding = connections({ headers: {}, query: { key: 'k' }, body: { user: 'u' } });
    const sent = args(wire.endpoint, { QueryParameters: 'key=mine&z=1', RequestBody: { user: 'me', n: 1 } });
    expect(await callAt(wire, 'http:invoke', sent, { connections: adding })).toMatchObject({
      ResponseBody: 'fine',
    });
    expect(wire.calls).toMatchObject([{ url: '/x?a=1&key=k&z=1', body: '{"user":"u","n":1}' }]);
  });

  test.each([
    [undefined, 'a%5B0%5D=1&a%5B1%5D=2&o%5Bp%5D=x%20y&n='],
    ['REPEAT', 'a=1&a=2&o%5Bp%5D=x%20y&n='],
    ['COMMAS', 'a=1%2C2&o%5Bp%5D=x%20y&n='],
    ['BRACKETS', 'a%5B%5D=1&a%5B%5D=2&o%5Bp%5D=x%20y&n='],
  ])('writes a form with arrays by %s', async (format, written) => {
    await using wire = await playWire({ body: '' });
    const options = format === undefined ? {} : { RequestEncodingOptions: { ArrayFormat: format } };
    const sent = args(wire.endpoint, {
      RequestBody: { a: [1, 2], o: { p: 'x y' }, n: null },
      Transform: { RequestBodyEncoding: 'URL_ENCODED', ...options },
    });
    await callAt(wire, 'http:invoke', sent, WITH);
    expect(wire.calls[0]?.body).toBe(written);
    expect(wire.calls[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  test.each([
    [404, { message: 'no' }, '{"message":"no"}'],
    [503, 'later', 'later'],
  ])('fails with the status %i, and tells the body', async (status, body, cause) => {
    await using wire = await playWire({ status, body });
    expect(await failureOf(callAt(wire, 'http:invoke', args(wire.endpoint), WITH))).toEqual({
      name: `States.Http.StatusCode.${status}`,
      cause,
    });
  });

  test('that finds nobody fails with States.Http.Socket', async () => {
    const wire = await playWire({ body: '' });
    await wire[Symbol.asyncDispose]();
    const failure = await failureOf(callAt(wire, 'http:invoke', args(wire.endpoint), WITH));
    expect(failure).toEqual({ name: 'States.Http.Socket', cause: expect.stringContaining('ECONNREFUSED') });
  });

  test('may not call a private network', async () => {
    await using wire = await playWire({ body: '' });
    const ports = { http: guardedHttp(new Set()), connections: connections() };
    const call = callHttpTask(ports, {
      ...{ resource: resourceOf('http:invoke'), args: args(wire.endpoint), idempotencyKey: 'k' },
      signal: new AbortController().signal,
    });
    expect(await failureOf(call)).toEqual({
      name: 'States.Runtime',
      cause: expect.stringContaining('is in a private network'),
    });
    expect(wire.calls).toEqual([]);
  });

  test('whose answer is too large fails as any result that is', async () => {
    await using wire = await playWire({ body: 'x'.repeat(300_000) });
    const failure = await failureOf(callAt(wire, 'http:invoke', args(wire.endpoint), WITH));
    expect(failure.name).toBe('States.DataLimitExceeded');
  });

  test('gives an answer that is no JSON, in spite of its type, as text', async () => {
    await using wire = await playWire({ body: '{', headers: { 'content-type': 'application/json' } });
    expect(await callAt(wire, 'http:invoke', args(wire.endpoint), WITH)).toMatchObject({ ResponseBody: '{' });
  });

  test('that was given up is not waited for', async () => {
    await using wire = await playWire({ body: '' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(callAt(wire, 'http:invoke', args(wire.endpoint), { ...WITH, signal })).rejects.toThrow(
      'enough',
    );
  });

  test('names the connection that the host does not know', async () => {
    await using wire = await playWire({ body: '' });
    expect(await failureOf(callAt(wire, 'http:invoke', args(wire.endpoint)))).toEqual({
      name: 'Events.ConnectionResource.ResourceNotFound',
      cause: expect.stringContaining("'plant'"),
    });
  });

  test.each<[object, string, Record<string, string>?]>([
    [{ Headers: { Host: 'x' } }, "may not set the header 'Host'"],
    [{ Headers: { 'X-Amz-Date': 'x' } }, "may not set the header 'X-Amz-Date'"],
    [
      { Headers: { A: 'b' }, RequestBody: 'x' },
      'cannot take the parameters of the connection',
      { user: 'u' },
    ],
    [{ Method: 'TRACE' }, 'Method: Invalid option'],
    [{ ApiEndpoint: 'file:///etc/passwd' }, 'ApiEndpoint: Invalid URL'],
    [{ Authentication: undefined }, "either 'Authentication' or 'InvocationConfig'"],
    [{ Authentication: { ConnectionArn: 'plant' } }, "'plant' is no ARN of an EventBridge connection"],
    [{ RequestBody: 'x', Transform: { RequestBodyEncoding: 'URL_ENCODED' } }, 'must be an object'],
    [
      {
        RequestBody: { a: [1] },
        Transform: { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions: { ArrayFormat: 'NONE' } },
      },
      "The array 'a'",
    ],
  ])('with %j is refused before anything is sent', async (more, cause, added = {}) => {
    await using wire = await playWire({ body: '' });
    const sent: Json = JSON.parse(JSON.stringify(args(wire.endpoint, more)));
    const adding = { connections: connections({ headers: {}, body: added }) };
    expect(await failureOf(callAt(wire, 'http:invoke', sent, adding))).toEqual({
      name: 'States.Runtime',
      cause: expect.stringContaining(cause),
    });
    expect(wire.calls).toEqual([]);
  });

  test('refuses an answer that is no text', async () => {
    await using wire = await playWire({ body: 'x', headers: { 'content-type': 'image/png' } });
    expect(await failureOf(callAt(wire, 'http:invoke', args(wire.endpoint), WITH))).toEqual({
      name: 'States.Runtime',
      cause: "The answer is of the type 'image/png', which an HTTP task cannot read",
    });
  });
});

describe('a call of an API', () => {
  // As recorded on AWS, but for headers that its network adds.
  test('gives its answer', async () => {
    await using wire = await playWire({
      body: '"HelloWorld"',
      headers: { 'content-type': 'application/json' },
    });
    const sent = {
      ...{
        ApiEndpoint: wire.endpoint,
        Method: 'POST',
        Stage: 'test',
        Path: 'id_func',
        AllowNullValues: true,
      },
      ...{
        RequestBody: { message: null },
        QueryParameters: { p: ['Hello', 'World'] },
        Headers: { A: ['b'] },
      },
    };
    expect(await callAt(wire, 'apigateway:invoke', sent)).toMatchObject({
      ...{ ResponseBody: 'HelloWorld', StatusCode: 200, StatusText: 'OK' },
      Headers: { 'content-type': ['application/json'] },
    });
    expect(wire.calls).toMatchObject([
      { method: 'POST', url: '/test/id_func?p=Hello&p=World', body: '{"message":null}', headers: { a: 'b' } },
    ]);
  });

  test('leaves nulls out unless it says otherwise', async () => {
    await using wire = await playWire({ body: '' });
    await callAt(wire, 'apigateway:invoke', {
      ...{ ApiEndpoint: wire.endpoint, Method: 'PUT', Path: '/a', RequestBody: { a: null, b: 1 } },
    });
    expect(wire.calls).toMatchObject([{ url: '/a', body: '{"b":1}' }]);
  });

  test('fails by its status', async () => {
    const body = '{"message":"Missing Authentication Token"}';
    await using wire = await playWire({ status: 403, body });
    const failure = await failureOf(
      callAt(wire, 'apigateway:invoke', { ApiEndpoint: wire.endpoint, Method: 'GET' }),
    );
    expect(failure).toEqual({ name: 'ApiGateway.403', cause: body });
  });

  test('that finds nobody fails by the client', async () => {
    const wire = await playWire({ body: '' });
    await wire[Symbol.asyncDispose]();
    const failure = await failureOf(
      callAt(wire, 'apigateway:invoke', { ApiEndpoint: wire.endpoint, Method: 'GET' }),
    );
    expect(failure.name).toBe('ApiGateway.SdkClientException');
  });

  test.each([
    [{ AuthType: 'IAM_ROLE' }, 'is served with the AuthType NO_AUTH here, not IAM_ROLE'],
    [{ Method: 'LOOK' }, 'Method: Invalid option'],
    [{ ApiEndpoint: 'http://[' }, "'http://[' is no address of an API"],
  ])('with %j is refused', async (more, cause) => {
    await using wire = await playWire({ body: '' });
    const sent = { ApiEndpoint: wire.endpoint, Method: 'GET', ...more };
    expect(await failureOf(callAt(wire, 'apigateway:invoke', sent))).toEqual({
      name: 'States.Runtime',
      cause: expect.stringContaining(cause),
    });
  });
});
