import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { lambdaHandler } from '../shell.ts';
import { createAuthorizer } from './authorizer.ts';

const secret = await new SecretsManagerClient({}).send(
  new GetSecretValueCommand({ SecretId: process.env['TOKEN_SECRET_ARN'] }),
);
if (secret.SecretString === undefined) throw new Error('the secret of the API token is empty');
const authorize = createAuthorizer(secret.SecretString);

export const handler = lambdaHandler(async ({ headers, methodArn }: APIGatewayRequestAuthorizerEvent) =>
  authorize(headers?.['Authorization'] ?? headers?.['authorization'], methodArn),
);
