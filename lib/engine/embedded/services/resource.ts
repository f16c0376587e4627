import { remember } from '#core/remember.ts';
import { OPTIMISED, UNSERVED } from './optimised.ts';

/** How a service is called: what ends the task (AWS Step Functions, "Service integration patterns"). */
export type IntegrationPattern = 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';

/** A call of `arn:aws:states:::<service>:<action>` or `arn:aws:states:::aws-sdk:<service>:<action>`. */
export interface ServiceResource {
  readonly kind: 'service';
  /** As the ARN has it: `sqs`, or `cloudwatchlogs` of an SDK integration. */
  readonly service: string;
  readonly action: string;
  readonly pattern: IntegrationPattern;
  readonly isSdk: boolean;
  /** The action with its pattern, as the history tells it: `sendMessage.waitForTaskToken`. */
  readonly integration: string;
}

/** What a task's `Resource` asks for. */
export type TaskResource =
  | { readonly kind: 'function'; readonly waitsForToken: boolean; readonly integration: string }
  | { readonly kind: 'lambda'; readonly arn: string }
  | {
      readonly kind: 'machine';
      readonly mode: 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';
      readonly integration: string;
    }
  | ServiceResource
  | { readonly kind: 'http'; readonly integration: string }
  | { readonly kind: 'activity'; readonly arn: string };

/** A resource, or why it is none. */
export type ReadResource =
  | { readonly resource: TaskResource }
  /** `isKnown`: Step Functions has it, and it is not served here. */
  | { readonly refused: string; readonly isKnown?: boolean };

const INTEGRATION =
  /^arn:aws[\w-]*:states:::(aws-sdk:)?([a-z0-9-]+):([a-zA-Z0-9]+)(?:\.(sync|sync:2|waitForTaskToken))?$/;
const FUNCTION = /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:.+$/;
const ACTIVITY = /^arn:[\w-]+:states:[^:]*:[^:]*:activity:.+$/;

/**
 * Reads a `Resource`. What Step Functions knows no integration for is refused in its words, as it refuses a machine when
 * it is created; what is not served here is refused in ours. Each task asks for its own, so that it is remembered.
 */
export function readTaskResource(text: string): ReadResource {
  return remembered(text);
}

const remembered = remember(2_000, readResource);

function readResource(text: string): ReadResource {
  if (FUNCTION.test(text)) return { resource: { kind: 'lambda', arn: text } };
  if (ACTIVITY.test(text)) return { resource: { kind: 'activity', arn: text } };
  const [, sdk, service = '', action = '', suffix = 'request'] = INTEGRATION.exec(text) ?? [];
  const pattern = patternOf(suffix);
  if (service === '' || pattern === undefined) return { refused: notRecognized(text) };
  const integration = pattern === 'request' ? action : `${action}.${pattern}`;
  if (sdk !== undefined) return sdkResource(text, { service, action, pattern, integration });
  if (service === 'http') {
    return integration === 'invoke'
      ? { resource: { kind: 'http', integration } }
      : { refused: notRecognized(text) };
  }
  if (UNSERVED.includes(service) || UNSERVED.includes(`${service}:${integration}`)) {
    return { refused: `The resource ${text} is not served by the embedded engine`, isKnown: true };
  }
  const actions = Object.hasOwn(OPTIMISED, service) ? (OPTIMISED[service]?.actions ?? {}) : {};
  const patterns = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (patterns === undefined || !(pattern === 'request' || patterns.includes(pattern))) {
    return { refused: notRecognized(text) };
  }
  return { resource: optimisedResource({ service, action, pattern, integration }) };
}

type Parts = Omit<ServiceResource, 'kind' | 'isSdk'>;

/** SDK integrations have no `.sync`: only a service of its own knows when its jobs are done. */
function sdkResource(text: string, parts: Parts): ReadResource {
  const { service, action, pattern } = parts;
  const isKnown = /^[a-z0-9]+$/.test(service) && /^[a-z]/.test(action) && !pattern.startsWith('sync');
  return isKnown
    ? { resource: { kind: 'service', isSdk: true, ...parts } }
    : { refused: notRecognized(text) };
}

function optimisedResource(parts: Parts): TaskResource {
  const { service, pattern, integration } = parts;
  if (service === 'lambda')
    return { kind: 'function', waitsForToken: pattern === 'waitForTaskToken', integration };
  if (service === 'states') return { kind: 'machine', mode: pattern, integration };
  return { kind: 'service', isSdk: false, ...parts };
}

function patternOf(suffix: string): IntegrationPattern | undefined {
  const patterns: readonly IntegrationPattern[] = ['request', 'sync', 'sync:2', 'waitForTaskToken'];
  return patterns.find((pattern) => pattern === suffix);
}

function notRecognized(text: string): string {
  return `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;
}

/** Whether the task ends by an answer to its token. */
export function waitsForToken(resource: TaskResource): boolean {
  switch (resource.kind) {
    case 'function':
      return resource.waitsForToken;
    case 'machine':
      return resource.mode === 'waitForTaskToken';
    case 'service':
      return resource.pattern === 'waitForTaskToken';
    default:
      return resource.kind === 'activity';
  }
}

/** What events of the history call a resource: `{resourceType: 'aws-sdk:s3', resource: 'getObject'}`. */
export function eventNames(resource: TaskResource): {
  readonly resourceType: string;
  readonly resource: string;
} {
  switch (resource.kind) {
    case 'lambda':
      return { resourceType: 'lambda', resource: 'function' };
    case 'activity':
      return { resourceType: 'activity', resource: resource.arn };
    case 'function':
      return { resourceType: 'lambda', resource: resource.integration };
    case 'machine':
      return { resourceType: 'states', resource: resource.integration };
    case 'http':
      return { resourceType: 'http', resource: resource.integration };
    default: {
      const resourceType = resource.isSdk ? `aws-sdk:${resource.service}` : resource.service;
      return { resourceType, resource: resource.integration };
    }
  }
}
