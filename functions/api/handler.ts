import type { APIGatewayProxyEvent } from 'aws-lambda';
import { isAnswerPath } from '#api/answer/answer.ts';
import { createApi } from '#api/api.ts';
import { carriesToken } from '#api/token-check.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import { readToken } from '../authorizer/read-token.ts';
import { connectPorts } from '../ports.ts';
import { connectReportFiles } from '../report-files.ts';
import { lambdaHandler } from '../shell.ts';
import { toGatewayResult, toHttpRequest } from './gateway.ts';
import { withTrace } from './trace-header.ts';

const ports = connectPorts();

const api = createApi({
  ports,
  monitoring: {
    feed: new TableFeed(ports),
    liveUrl: () => process.env['LIVE_URL'],
    metrics: async () => undefined,
  },
  reportFiles: connectReportFiles(),
  version: process.env['STEPWRIGHT_VERSION'] ?? 'unknown',
});

/** Set only where no authoriser stands in front. */
const secretArn = process.env['TOKEN_SECRET_ARN'];
const token = secretArn === undefined ? undefined : await readToken(secretArn);

export const handler = lambdaHandler(async (event: APIGatewayProxyEvent) => {
  const request = withTrace(toHttpRequest(event), process.env['_X_AMZN_TRACE_ID']);
  const mustCarry = token !== undefined && !isAnswerPath(request.path);
  if (mustCarry && !carriesToken(request.headers['authorization'], token))
    return { statusCode: 403, body: '{"message":"Forbidden"}' };
  return toGatewayResult(await api(request));
});
