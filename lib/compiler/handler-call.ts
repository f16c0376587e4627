import type { JsonObject } from '#core/json.ts';

/**
 * The fields by which a Task calls a handler and waits for its answer. Every handler answers by the task's token, also
 * one that answers at once: the names of its failures then reach Retry and Catch as they are, whatever runs it.
 *
 * @param token the handler's, from `MACHINE_TOKENS`.
 */
export function callHandler(token: string, payload: JsonObject): JsonObject {
  return {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: `\${${token}}`,
      Payload: { taskToken: '{% $states.context.Task.Token %}', ...payload },
    },
  };
}
