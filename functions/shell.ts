import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { HandlerFailed } from '#core/error.ts';
import { coldStartSamples } from './cold-start.ts';
import { emitMetrics } from './emit-metrics.ts';
import { logger, tracer } from './observability.ts';

/** A Lambda handler around a plain function: logged and traced. What it throws arrives as {@link HandlerFailed}. */
export function lambdaHandler<Event, Result>(
  serve: (event: Event) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .before(() => emitMetrics(coldStartSamples(process.env['FUNCTION'], process.uptime())))
    .onError(({ error }) => {
      logger.error('the handler has failed', error ?? 'without an error');
      throw new HandlerFailed(error);
    })
    .handler(serve);
}
