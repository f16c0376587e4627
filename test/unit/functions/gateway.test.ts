import { expect, test } from 'vitest';
import { type GatewayRequest, toGatewayResult, toHttpRequest } from '#functions/api/gateway.ts';

const EVENT: GatewayRequest = {
  httpMethod: 'POST',
  path: '/v1/workflows',
  queryStringParameters: { limit: '1', absent: undefined },
  headers: { Authorization: 'Bearer x', 'Idempotency-Key': 'k', Absent: undefined },
  body: 'name: ä',
  isBase64Encoded: false,
};

test('a request of API Gateway is one of ours, its headers in lower case', () => {
  expect(toHttpRequest(EVENT)).toEqual({
    method: 'POST',
    path: '/v1/workflows',
    query: { limit: '1' },
    headers: { authorization: 'Bearer x', 'idempotency-key': 'k' },
    body: 'name: ä',
  });
});

test('a body in base64 is decoded, and none is none', () => {
  const body = Buffer.from('name: ä').toString('base64');
  expect(toHttpRequest({ ...EVENT, body, isBase64Encoded: true }).body).toBe('name: ä');
  expect(toHttpRequest({ ...EVENT, body: null, queryStringParameters: null })).not.toHaveProperty('body');
});

test('an answer is kept by no cache', () => {
  const answer = { status: 201, headers: { 'content-type': 'application/json' }, body: '{}' };
  expect(toGatewayResult(answer)).toEqual({
    statusCode: 201,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: '{}',
  });
});
