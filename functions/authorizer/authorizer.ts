import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayAuthorizerResult } from 'aws-lambda';

/** Lets in, to every method of the API, whoever sends the token as `Authorization: Bearer …`. */
export function createAuthorizer(
  token: string,
): (authorization: string | undefined, methodArn: string) => APIGatewayAuthorizerResult {
  const expected = sha256(token);
  return (authorization, methodArn) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
    return policy(timingSafeEqual(sha256(given), expected), methodArn);
  };
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

/** Of equal length whatever it is of, so that it can be compared in constant time. */
function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
