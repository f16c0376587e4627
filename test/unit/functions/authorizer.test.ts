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
  expect(authorize(header, METHOD).policyDocument.Statement).toEqual([
    {
      Action: 'execute-api:Invoke',
      Effect,
      Resource: 'arn:aws:execute-api:eu-central-1:123456789012:api/live/*',
    },
  ]);
});
