import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createApi } from '#api/api.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { toGatewayResult, toHttpRequest } from './gateway.ts';

const api = createApi({
  ports: await connectPorts(),
  version: process.env['STEPWRIGHT_VERSION'] ?? 'unknown',
});

export const handler = lambdaHandler(async (event: APIGatewayProxyEvent) =>
  toGatewayResult(await api(toHttpRequest(event))),
);
