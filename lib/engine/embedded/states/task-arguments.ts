import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { ServiceFailure } from '../services/service-failure.ts';

/** A text among the arguments of a task. */
export function textArgument(args: Json, name: string): string {
  const value = asObject(args)[name];
  if (typeof value === 'string') return value;
  throw new ServiceFailure('States.Runtime', `The argument '${name}' of the task is missing, or no text`);
}

/** The arguments of a task, which are an object. */
export function asObject(args: Json): JsonObject {
  if (isJsonObject(args)) return args;
  throw new ServiceFailure('States.Runtime', 'The arguments of the task are no object');
}

/** The name of an activity in its ARN. */
export function activityName(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
