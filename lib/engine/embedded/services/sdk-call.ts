import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { LoadedClient, SdkClients } from './sdk-client.ts';
import { type FailureStyle, failureOf, sdkStyle } from './sdk-failure.ts';
import { toSdkInput } from './sdk-input.ts';
import { type ResponseDetails, recordHeaders } from './sdk-metadata.ts';
import { fromSdkOutput, type TimeForm } from './sdk-output.ts';
import { sdkPackage } from './sdk-packages.ts';
import { type Operation, operationOf } from './sdk-shape.ts';
import { collectStreams } from './sdk-stream.ts';
import { ServiceFailure, unusable } from './service-failure.ts';

/** A call of an action of a service's API. */
export interface SdkCall {
  /** The service and action as an SDK integration names them: `dynamodb`, `putItem`. */
  readonly service: string;
  readonly action: string;
  readonly args: Json;
  /** The same for each dispatch of one try of a task; becomes the API's own idempotency token where it has one. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** Default: the style of SDK integrations. */
  readonly style?: FailureStyle | undefined;
  readonly times?: TimeForm | undefined;
}

/** What a service answered. */
export interface SdkAnswer {
  readonly result: JsonObject;
  readonly details: ResponseDetails;
}

/** Calls a service through its client. Throws {@link ServiceFailure}; what the signal aborts, as the client throws it. */
export async function callSdk(clients: SdkClients, call: SdkCall): Promise<SdkAnswer> {
  const loaded = await clients.get(call.service);
  const style = call.style ?? sdkStyle(loaded.client.config.serviceId);
  const { Command, operation } = actionOf(loaded, call);
  const command = new Command(inputOf(operation, call));
  const headers = recordHeaders(command);
  try {
    const output = await loaded.client.send(command, { abortSignal: call.signal });
    return await readAnswer(output, { operation, call, headers });
  } catch (error) {
    if (call.signal.aborted || error instanceof ServiceFailure) throw error;
    throw failureOf(error, style, loaded.exports);
  }
}

function inputOf({ input }: Operation, { args, idempotencyKey }: SdkCall): unknown {
  try {
    return toSdkInput(input, args, tokenOf(idempotencyKey));
  } catch (error) {
    // Shapes that hold themselves, such as lists of DynamoDB, may be nested deeper than the stack is.
    if (error instanceof RangeError) throw unusable('The arguments of the task are nested too deeply');
    throw error;
  }
}

interface Reading {
  readonly operation: Operation;
  readonly call: SdkCall;
  readonly headers: () => Readonly<Record<string, string>>;
}

async function readAnswer(output: unknown, { operation, call, headers }: Reading): Promise<SdkAnswer> {
  const collected = await collectStreams(output, call.action);
  const result = fromSdkOutput(operation.output, collected, call.times ?? 'iso');
  const metadata: unknown = Reflect.get(collected, '$metadata');
  const { httpStatusCode, requestId } = Object.assign(
    { httpStatusCode: 200, requestId: undefined },
    metadata,
  );
  return {
    result: isJsonObject(result) ? result : {},
    details: { headers: headers(), statusCode: httpStatusCode, requestId },
  };
}

type CommandClass = new (input: unknown) => object;

interface Action {
  readonly Command: CommandClass;
  readonly operation: Operation;
}

/** Actions that have been looked up, of each client by name. */
const ACTIONS = new WeakMap<LoadedClient, Map<string, Action>>();

function actionOf(loaded: LoadedClient, call: SdkCall): Action {
  const known = ACTIONS.get(loaded) ?? new Map<string, Action>();
  const found = known.get(call.action) ?? findAction(loaded, call);
  ACTIONS.set(loaded, known.set(call.action, found));
  return found;
}

function findAction({ exports }: LoadedClient, { service, action }: SdkCall): Action {
  const name = `${action}Command`.toLowerCase();
  const key = Object.keys(exports).find((candidate) => candidate.toLowerCase() === name);
  const Command = key === undefined ? undefined : exports[key];
  if (!isCommandClass(Command)) throw unusable(`The service '${service}' has no action '${action}'`);
  const operation = operationOf(new Command({}));
  if (operation !== undefined) return { Command, operation };
  const packageName = sdkPackage(service);
  throw unusable(`The package ${packageName} is too old: npm install ${packageName}@latest`);
}

function isCommandClass(value: unknown): value is CommandClass {
  return typeof value === 'function';
}

/** A UUID, which every API takes for a token, that is the same for the same key. */
export function tokenOf(idempotencyKey: string): string {
  const hex = createHash('sha256').update(idempotencyKey).digest('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}
