import { expect, test } from 'vitest';
import { createAuthorizer } from '#functions/authorizer/authorizer.ts';

const METHOD = 'arn:aws:execute-api:eu-central-1:123456789012:api/live/GET/v1/workflows';
const authorize = createAuthorizer('secret-token');

test.each([
  ['Bearer secret-token', 'Allow'],
  ['bearer  secret-token ', 'Allow'],
  ['Bearer secret-toke', 'Deny'],
  ['Bearer secret-token2', 'Deny'],
  ['secret-token', 'Deny'],
  ['Basic secret-token', 'Deny'],
  ['', 'Deny'],
  [undefined, 'Deny'],
])('%j gets the answer %s, for every method of the stage', (header, Effect) => {
  expect(authorize({ authorization: header }, METHOD).policyDocument.Statement).toEqual([
    {
      Action: 'execute-api:Invoke',
      Effect,
      Resource: 'arn:aws:execute-api:eu-central-1:123456789012:api/live/*',
    },
  ]);
});

test('a browser sends the token with the subprotocols of its WebSocket', () => {
  const effect = (protocols: string): unknown =>
    authorize({ authorization: undefined, protocols }, METHOD).policyDocument.Statement[0]?.Effect;
  const encoded = Buffer.from('secret-token').toString('base64url');
  expect(effect(`stepwright.v1, bearer.${encoded}`)).toBe('Allow');
  expect(effect('stepwright.v1, bearer.c2VjcmV0')).toBe('Deny');
  expect(effect('stepwright.v1')).toBe('Deny');
});
