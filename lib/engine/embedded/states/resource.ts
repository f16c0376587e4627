import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { StateFailure } from '../failure.ts';

/** What a task's `Resource` asks for. */
export type TaskResource =
  | { readonly kind: 'function'; readonly waitsForToken: boolean; readonly integration: string }
  | { readonly kind: 'lambda'; readonly arn: string }
  | { readonly kind: 'mocked'; readonly resourceType: string; readonly integration: string }
  | { readonly kind: 'machine'; readonly mode: 'request' | 'sync' | 'sync:2'; readonly integration: string };

/** Reads a `Resource`; undefined for one that the embedded engine does not serve. */
export function readResource(resource: string): TaskResource | undefined {
  const lambda = /^arn:[\w-]+:states:::lambda:(invoke(?:\.waitForTaskToken)?)$/.exec(resource)?.[1];
  if (lambda !== undefined)
    return { kind: 'function', waitsForToken: lambda !== 'invoke', integration: lambda };
  const nested = /^arn:[\w-]+:states:::states:(startExecution(?:\.sync(?::2)?)?)$/.exec(resource)?.[1];
  if (nested !== undefined) {
    const mode = nested === 'startExecution' ? 'request' : nested.endsWith(':2') ? 'sync:2' : 'sync';
    return { kind: 'machine', mode, integration: nested };
  }
  return resource.startsWith('arn:') && resource.includes(':lambda:')
    ? { kind: 'lambda', arn: resource }
    : undefined;
}

/** A `Resource` that is mocked: `arn:aws:states:::sqs:sendMessage` is of type `sqs`. */
export function mockedResource(resource: string): TaskResource {
  const [, resourceType = 'mocked', integration = resource] =
    /^arn:[\w-]+:states:::([^:]+(?::[^:.]+(?=:))?):(.+)$/.exec(resource) ?? [];
  return { kind: 'mocked', resourceType, integration };
}

/** A text among the arguments of a task. */
export function textArgument(args: Json, name: string): string {
  const value = asObject(args)[name];
  if (typeof value === 'string') return value;
  throw new StateFailure('States.Runtime', `The argument '${name}' of the task is missing, or no text`);
}

/** The arguments of a task, which are an object. */
export function asObject(args: Json): JsonObject {
  if (isJsonObject(args)) return args;
  throw new StateFailure('States.Runtime', 'The arguments of the task are no object');
}
