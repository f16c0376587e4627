import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { carriesToken, offersToken } from '#api/token-check.ts';

/** How a caller has sent the token: as `Authorization: Bearer …`, or with the subprotocols of a WebSocket. */
export interface SentTokens {
  readonly authorization: string | undefined;
  readonly protocols?: string | undefined;
}

/** Lets in, to every method of an API, whoever sends the token. */
export function createAuthorizer(
  token: string,
): (sent: SentTokens, methodArn: string) => APIGatewayAuthorizerResult {
  return ({ authorization, protocols }, methodArn) =>
    policy(carriesToken(authorization, token) || offersToken(protocols, token), methodArn);
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
