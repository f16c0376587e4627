import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { lambdaHandler } from '../shell.ts';
import { createAuthorizer } from './authorizer.ts';
import { readToken } from './read-token.ts';

const authorize = createAuthorizer(await readToken(process.env['TOKEN_SECRET_ARN']));

export const handler = lambdaHandler(async ({ headers, methodArn }: APIGatewayRequestAuthorizerEvent) => {
  const sent = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const tokens = { authorization: sent.get('authorization'), protocols: sent.get('sec-websocket-protocol') };
  return authorize(tokens, methodArn);
});
