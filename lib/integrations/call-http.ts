import type { CallHttpRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import { RuntimeError, type RuntimeErrorName } from '#core/error.ts';
import { type Json, type JsonObject, JsonSchema } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { findDestination } from './address.ts';
import { callService, type WireResponse } from './http-client.ts';
import { getSecret, type Secrets } from './secrets.ts';

/** What calling services takes. */
export interface HttpPorts {
  readonly secrets: Secrets;
  /** Hosts that may be called although they are in a private network, such as `gateway.plant:8080`. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Takes the place of the network. Default: the service at the address is called. */
  readonly exchange?: Exchange | undefined;
}

/** Answers a call, as a service would. Throws Http.Timeout, Http.Unreachable. */
export type Exchange = (
  request: CallHttpRequest,
  sent: { readonly headers: Readonly<Record<string, string>>; readonly body: string | undefined },
) => Promise<WireResponse>;

/**
 * Makes the call of a step; gives status, headers and body of the answer, parsed where it is JSON. Throws Http.*, Secret.Unknown,
 * Step.Unexpected.
 */
export async function callHttp(ports: HttpPorts, request: CallHttpRequest): Promise<JsonObject> {
  const result = await answerOf(ports, request);
  await refuseUnexpected(request, result);
  return result;
}

/** How a call is made. */
interface AnswerOptions {
  /** By which the service recognises a call that comes twice. Default: the id of the task. */
  readonly key?: string;
  /** Which statuses of failure are good. Default: none. */
  readonly takes?: (request: CallHttpRequest, status: number) => boolean;
}

/**
 * Makes a call, whatever is expected of its answer. A service that knows `Idempotency-Key` recognises a call that comes twice.
 * Throws Http.*, Secret.Unknown.
 */
export async function answerOf(
  { secrets, allowedHosts, exchange = callOut(allowedHosts) }: HttpPorts,
  request: CallHttpRequest,
  { key = taskId(request), takes = () => false }: AnswerOptions = {},
): Promise<JsonObject> {
  const { body, type } = writtenBody(request.body);
  const headers = {
    ...(body === undefined
      ? {}
      : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }),
    'idempotency-key': key,
    ...(await readHeaders(request, secrets)),
  };
  const response = await exchange(request, { headers, body });
  const result = { status: response.status, headers: { ...response.headers }, body: parsedBody(response) };
  if (!takes(request, response.status)) refuseFailure(request, result);
  return result;
}

/** Thrown where a service has answered with a status of failure, or with what a step does not expect. */
export class AnsweredWithFailure extends RuntimeError {
  readonly status: number;

  constructor(name: RuntimeErrorName, message: string, status: number) {
    super(name, message);
    this.status = status;
  }
}

function callOut(allowedHosts: ReadonlySet<string>): Exchange {
  return async ({ url, method, timeoutSeconds }, sent) =>
    callService({
      ...{ ...sent, method, timeoutMs: timeoutSeconds * 1_000 },
      destination: await findDestination(url, allowedHosts),
    });
}

function writtenBody(body: Json | undefined): { body: string | undefined; type: string } {
  if (typeof body === 'string') return { body, type: 'text/plain; charset=utf-8' };
  return { body: body === undefined ? undefined : JSON.stringify(body), type: 'application/json' };
}

async function readHeaders({ headers }: CallHttpRequest, secrets: Secrets): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    read[name.toLowerCase()] = typeof value === 'string' ? value : await getSecret(secrets, value.secret);
  }
  return read;
}

function parsedBody({ headers, body }: WireResponse): Json {
  if (!/\bjson\b/.test(headers['content-type'] ?? '') || body === '') return body;
  try {
    return JsonSchema.parse(JSON.parse(body));
  } catch {
    return body;
  }
}

/** Longest part of an answer that a cause quotes, in characters. */
const MAX_QUOTE = 500;

function refuseFailure({ method, url }: CallHttpRequest, { status, body }: JsonObject): void {
  if (typeof status !== 'number' || status < 400) return;
  const said = JSON.stringify(body ?? null).slice(0, MAX_QUOTE);
  const name = status < 500 ? 'Http.ClientError' : 'Http.ServerError';
  throw new AnsweredWithFailure(name, `${method} ${url} was answered with ${status}: ${said}`, status);
}

/** Throws Step.Unexpected where an answer is not what its step expects. */
export async function refuseUnexpected(
  { expect, bindings }: CallHttpRequest,
  result: JsonObject,
): Promise<void> {
  if (expect === undefined) return;
  const status = Number(result['status']);
  try {
    if ((await evaluate(expect, { bindings: { ...bindings, result } })) === true) return;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new AnsweredWithFailure('Step.Unexpected', `${expect} failed: ${error.message}`, status);
  }
  const message = `the answer, status ${status}, does not fulfil ${expect}`;
  throw new AnsweredWithFailure('Step.Unexpected', message, status);
}
