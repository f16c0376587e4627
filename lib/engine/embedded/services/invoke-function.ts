import { isJsonObject, type JsonObject } from '#core/json.ts';
import { parseJsonOrText } from './parse-json.ts';
import { ServiceFailure } from './service-failure.ts';

/**
 * What a task makes of the answer to `lambda:invoke`: the payload as JSON. Throws what the function threw, under its own
 * name; `Lambda.Unknown` where the function did not say (out of time or memory).
 */
export function readInvocation(answer: JsonObject): JsonObject {
  const { Payload: text, FunctionError: failed, ...rest } = answer;
  const payload = typeof text === 'string' ? parseJsonOrText(text) : (text ?? null);
  if (failed === undefined) return { ...rest, Payload: payload };
  const written = typeof text === 'string' ? text : JSON.stringify(text ?? null);
  const type = isJsonObject(payload) ? payload['errorType'] : undefined;
  if (typeof type === 'string' && type !== '') throw new ServiceFailure(type, written);
  throw new ServiceFailure(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${written}`,
  );
}
