import { FAILURES_OF_CALLS } from '#core/error.ts';
import type { Json, JsonObject } from '#core/json.ts';

/**
 * How a call is made again that has failed itself. Handlers recognise the try of a step that they have begun already, so that such
 * calls count for nothing. The interval is 1 s and doubles, which need not be said: each call carries this.
 */
export const CALL_RETRY: JsonObject = {
  ErrorEquals: [...FAILURES_OF_CALLS],
  MaxAttempts: 6,
  JitterStrategy: 'FULL',
};

/**
 * The fields by which a Task calls a handler and waits for its answer. Every handler answers by the task's token, also
 * one that answers at once: the names of its failures then reach Retry and Catch as they are, whatever runs it. A state
 * that is tried again for reasons of its own says so behind {@link CALL_RETRY}.
 *
 * @param token the handler's, from `MACHINE_TOKENS`.
 */
export function callHandler(token: string, payload: JsonObject, ownRetry: Json = []): JsonObject {
  return {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: `\${${token}}`,
      Payload: { taskToken: '{% $states.context.Task.Token %}', ...payload },
    },
    Retry: [CALL_RETRY, ...(Array.isArray(ownRetry) ? ownRetry : [])],
  };
}
