import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { carriesToken } from '#api/token-check.ts';

/** Lets in, to every method of the API, whoever sends the token as `Authorization: Bearer …`. */
export function createAuthorizer(
  token: string,
): (authorization: string | undefined, methodArn: string) => APIGatewayAuthorizerResult {
  return (authorization, methodArn) => policy(carriesToken(authorization, token), methodArn);
}

/** The answer is cached for all methods, so that it must not be about the one that was asked for. */
function policy(isAllowed: boolean, methodArn: string): APIGatewayAuthorizerResult {
  const stage = methodArn.split('/').slice(0, 2).join('/');
  return {
    principalId: isAllowed ? 'token' : 'nobody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: isAllowed ? 'Allow' : 'Deny', Resource: `${stage}/*` },
      ],
    },
  };
}
