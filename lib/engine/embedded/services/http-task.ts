import type { JsonObject } from '#core/json.ts';
import type { ServiceRequest } from './caller.ts';
import { describeAnswer, parseBody } from './http-answer.ts';
import {
  type Connection,
  type ConnectionStore,
  type HttpAnswer,
  HttpFault,
  type HttpPort,
} from './http-port.ts';
import { type HttpArguments, readArguments, readHeaders, writeBody, writeUrl } from './http-request.ts';
import { resultTooLarge, ServiceFailure, unusable } from './service-failure.ts';

/** An HTTP task has a minute, whatever its own timeout (AWS Step Functions, "Call HTTPS APIs"). */
const HTTP_TIMEOUT_MS = 60_000;

/** What an HTTP task calls with. */
export interface HttpTaskPorts {
  readonly http: HttpPort;
  readonly connections: ConnectionStore;
}

/**
 * Makes the call of an `http:invoke` task. Throws States.Http.StatusCode.<status>, whose cause is the body of the answer;
 * States.Http.Socket where no answer came; States.Runtime for a call that may not, or cannot, be made.
 */
export async function callHttpTask(ports: HttpTaskPorts, request: ServiceRequest): Promise<JsonObject> {
  const args = readArguments(request.args);
  const connection = await findConnection(ports.connections, args);
  const { body, contentType } = writeBody(args, connection);
  const answer = await sendGuarded(ports.http, 'invoke', {
    url: writeUrl(args, connection),
    method: args.Method,
    headers: {
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...readHeaders(args.Headers),
      'user-agent': 'Amazon|StepFunctions|HttpInvoke|local',
      range: 'bytes=0-262144',
      ...connection.headers,
    },
    body,
    timeoutMs: HTTP_TIMEOUT_MS,
    signal: request.signal,
  });
  refuseBinary(answer);
  if (answer.status >= 400) {
    throw new ServiceFailure(`States.Http.StatusCode.${answer.status}`, causeOf(answer));
  }
  return describeAnswer(answer);
}

async function findConnection(store: ConnectionStore, args: HttpArguments): Promise<Connection> {
  const arn = (args.InvocationConfig ?? args.Authentication)?.ConnectionArn ?? '';
  const name = /:connection\/([^/]+)/.exec(arn)?.[1];
  if (name === undefined) throw unusable(`'${arn}' is no ARN of an EventBridge connection`);
  const found = await store.find(name);
  if (found !== undefined) return found;
  throw new ServiceFailure(
    'Events.ConnectionResource.ResourceNotFound',
    `The connection '${name}' is not known to this host; it has to be told of what the connection adds to calls`,
  );
}

/** Sends a call, and gives what goes wrong the names that Step Functions has for it. */
export async function sendGuarded(
  http: HttpPort,
  resource: string,
  call: Parameters<HttpPort['send']>[0],
): Promise<HttpAnswer> {
  try {
    return await http.send(call);
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    if (error.reason === 'forbidden') throw unusable(error.message, { cause: error });
    if (error.reason === 'too-large') throw resultTooLarge(resource);
    throw new ServiceFailure('States.Http.Socket', error.message, { cause: error });
  }
}

/** Answers that are no text fail the task (AWS Step Functions, "Unsupported HTTP Task responses"). */
function refuseBinary({ headers }: HttpAnswer): void {
  const type = headers['content-type'] ?? '';
  if (/^(?:application\/octet-stream|image\/|video\/|audio\/)/i.test(type)) {
    throw unusable(`The answer is of the type '${type}', which an HTTP task cannot read`);
  }
}

function causeOf(answer: HttpAnswer): string {
  const body = parseBody(answer);
  return typeof body === 'string' ? body : JSON.stringify(body);
}
