import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { LoadedClient, SdkClients } from './sdk-client.ts';
import { type FailureStyle, failureOf, sdkStyle } from './sdk-failure.ts';
import type { ResponseDetails } from './sdk-metadata.ts';
import { sdkPackage } from './sdk-packages.ts';
import { fromSdkOutput, type Operation, operationOf, type TimeForm, toSdkInput } from './sdk-shape.ts';
import { MAX_RESULT_BYTES, resultTooLarge, ServiceFailure, unusable } from './service-failure.ts';

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
  const Command = commandClass(loaded, call);
  const operation = operationOf(new Command({}));
  if (operation === undefined)
    throw unusable(
      `The package ${sdkPackage(call.service)} is too old: npm install ${sdkPackage(call.service)}@latest`,
    );
  const command = new Command(toSdkInput(operation.input, call.args, tokenOf(call.idempotencyKey)));
  const headers = recordHeaders(command);
  try {
    const output = await loaded.client.send(command, { abortSignal: call.signal });
    return await readAnswer(output, { operation, call, headers });
  } catch (error) {
    if (call.signal.aborted || error instanceof ServiceFailure) throw error;
    throw failureOf(error, style, loaded.exports);
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

function commandClass({ exports }: LoadedClient, { service, action }: SdkCall): CommandClass {
  const name = `${action.charAt(0).toUpperCase()}${action.slice(1)}Command`;
  const key = Object.keys(exports).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const found = key === undefined ? undefined : exports[key];
  if (isCommandClass(found)) return found;
  throw unusable(`The service '${service}' has no action '${action}'`);
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

type Next = (args: unknown) => Promise<{ readonly response?: unknown }>;
interface MiddlewareStack {
  add(middleware: (next: Next) => Next, options: { step: string; name: string }): void;
}

/** Notes the headers of the answer to a command, which its result does not carry. */
function recordHeaders(command: object): () => Readonly<Record<string, string>> {
  let headers: Readonly<Record<string, string>> = {};
  const middleware = (next: Next): Next => {
    return async (args) => {
      const answer = await next(args);
      headers = headersOf(answer.response);
      return answer;
    };
  };
  if ('middlewareStack' in command && isMiddlewareStack(command.middlewareStack)) {
    command.middlewareStack.add(middleware, { step: 'deserialize', name: 'recordHeaders' });
  }
  return () => headers;
}

function isMiddlewareStack(value: unknown): value is MiddlewareStack {
  return typeof value === 'object' && value !== null && 'add' in value;
}

function headersOf(response: unknown): Record<string, string> {
  const headers: unknown =
    typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {};
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Reads what comes as a stream, such as the body of an object, within the bounds of a result. */
async function collectStreams(output: unknown, action: string): Promise<object> {
  if (typeof output !== 'object' || output === null) return {};
  const collected: [string, unknown][] = [];
  for (const [name, value] of Object.entries(output)) {
    collected.push([name, isStream(value) ? await readStream(value, action) : value]);
  }
  return Object.fromEntries(collected);
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    Symbol.asyncIterator in value
  );
}

async function readStream(stream: AsyncIterable<Uint8Array>, action: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESULT_BYTES) throw resultTooLarge(action);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
