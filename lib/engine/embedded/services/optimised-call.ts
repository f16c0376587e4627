import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { awaitJob } from './await-job.ts';
import type { CallerPorts, ServiceRequest } from './caller.ts';
import { readInvocation } from './invoke-function.ts';
import { OPTIMISED, type OptimisedService } from './optimised.ts';
import { parseJsonOrText } from './parse-json.ts';
import type { IntegrationPattern } from './resource.ts';
import { callSdk, type SdkAnswer } from './sdk-call.ts';
import type { SdkClients } from './sdk-client.ts';
import { type FailureStyle, optimisedStyle } from './sdk-failure.ts';
import { responseMetadata } from './sdk-metadata.ts';
import { ServiceFailure, unusable } from './service-failure.ts';
import { SYNC_JOBS } from './sync-jobs.ts';

/** A call of an optimised integration: `{service: 'sqs', action: 'sendMessage', pattern: 'request'}`. */
export interface OptimisedCall {
  readonly service: string;
  readonly action: string;
  readonly pattern: IntegrationPattern;
  readonly request: ServiceRequest;
}

/** What an optimised integration calls with. */
export interface OptimisedPorts extends CallerPorts {
  readonly clients: SdkClients;
}

/** Calls an optimised integration, and awaits the job that it starts where the pattern says so. */
export async function callOptimised(ports: OptimisedPorts, call: OptimisedCall): Promise<Json> {
  const args = argumentsOf(call);
  if (call.pattern === 'sync') return runJob(ports, call, args);
  if (call.pattern !== 'sync:2') return start(ports, call, args);
  try {
    return parseDocuments(await runJob(ports, call, args));
  } catch (error) {
    throw withDocuments(error);
  }
}

async function runJob(ports: OptimisedPorts, call: OptimisedCall, args: JsonObject): Promise<JsonObject> {
  const { service, action, request } = call;
  const job = SYNC_JOBS[`${service}:${action}`];
  if (job === undefined) throw unusable(`The end of '${service}:${action}' is not awaited here`);
  const submitted = isJsonObject(request.submitted) ? request.submitted : undefined;
  const started = submitted ?? (await start(ports, call, args));
  if (submitted === undefined) await request.onSubmitted?.(started);
  return awaitJob({
    ...{ job, started: { args, started }, clock: ports.clock, signal: request.signal },
    call: async (other, otherArgs, signal) => {
      const asked = { ...call, request: { ...request, signal } };
      return (await callAction(ports, asked, { action: other, args: otherArgs })).result;
    },
  });
}

async function start(ports: OptimisedPorts, call: OptimisedCall, args: JsonObject): Promise<JsonObject> {
  try {
    return shapeAnswer(call, await callAction(ports, call, { action: call.action, args }));
  } catch (error) {
    const before = startedBefore(call, args, error);
    if (before === undefined) throw error;
    return before;
  }
}

function argumentsOf({ service, action, request }: OptimisedCall): JsonObject {
  if (!isJsonObject(request.args)) throw unusable('The arguments of the task are no object');
  if (service !== 'states' || action !== 'startExecution') return request.args;
  // An execution of a name is started once, so that a dispatch after a crash finds it.
  return { Name: request.idempotencyKey.replaceAll(/[^\w-]/g, '-').slice(-80), ...request.args };
}

/** An execution under a name of ours, which is there and has ended, was started by a dispatch before a crash. */
function startedBefore({ request }: OptimisedCall, args: JsonObject, error: unknown): JsonObject | undefined {
  const isTaken =
    error instanceof ServiceFailure && error.name === 'StepFunctions.ExecutionAlreadyExistsException';
  if (!isTaken || (isJsonObject(request.args) && request.args['Name'] !== undefined)) return undefined;
  const machine = /^(arn:[\w-]+:states:[^:]*:[^:]*):stateMachine:([^:]+)/.exec(
    String(args['StateMachineArn']),
  );
  if (machine === null) return undefined;
  return { ExecutionArn: `${machine[1]}:execution:${machine[2]}:${String(args['Name'])}` };
}

interface Action {
  readonly action: string;
  readonly args: JsonObject;
}

function callAction(
  { clients }: OptimisedPorts,
  { service, request }: OptimisedCall,
  { action, args }: Action,
): Promise<SdkAnswer> {
  const known = knownService(service);
  const style: FailureStyle = optimisedStyle(known);
  return callSdk(clients, {
    service: known.sdkName ?? service,
    ...{ action, args, style, times: 'milliseconds' },
    ...{ idempotencyKey: request.idempotencyKey, signal: request.signal },
  });
}

function knownService(service: string): OptimisedService {
  const known = OPTIMISED[service];
  if (known === undefined) throw unusable(`There is no optimised integration of '${service}'`);
  return known;
}

/** Most answers carry what came with them; those of EventBridge do not. */
function shapeAnswer({ service, action }: OptimisedCall, { result, details }: SdkAnswer): JsonObject {
  if (service === 'events') return refuseFailedEntries(result);
  const shaped = service === 'lambda' ? readInvocation(result) : result;
  if (service === 'ecs' && action === 'runTask') refuseFailedTasks(result);
  return { ...shaped, ...responseMetadata(details) };
}

/** One entry that was not taken fails the task, though others may have been taken. */
function refuseFailedEntries(result: JsonObject): JsonObject {
  const failed = result['FailedEntryCount'];
  if (typeof failed !== 'number' || failed === 0) return result;
  throw new ServiceFailure('EventBridge.FailedEntry', JSON.stringify(result));
}

/** A task that was not placed is no error of the API, but one of the integration. */
function refuseFailedTasks(result: JsonObject): void {
  const { Tasks: tasks, Failures: failures } = result;
  if (Array.isArray(tasks) && tasks.length > 0) return;
  if (Array.isArray(failures) && failures.length > 0) {
    throw new ServiceFailure('AmazonECS.Unknown', JSON.stringify({ Failures: failures }));
  }
}

/** `.sync:2` gives the documents of an execution as JSON, `.sync` as text. */
function parseDocuments(execution: JsonObject): JsonObject {
  const parsed = ['Input', 'Output'].flatMap((name): [string, Json][] => {
    const text = execution[name];
    return typeof text === 'string' ? [[name, parseJsonOrText(text)]] : [];
  });
  return { ...execution, ...Object.fromEntries(parsed) };
}

function withDocuments(error: unknown): unknown {
  if (!(error instanceof ServiceFailure) || error.name !== 'States.TaskFailed') return error;
  const told: Json = JSON.parse(error.message);
  return isJsonObject(told)
    ? new ServiceFailure(error.name, JSON.stringify(parseDocuments(told)), { cause: error })
    : error;
}
