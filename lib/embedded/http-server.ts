import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isAnswerPath, MAX_FORM_BYTES } from '#api/answer/answer.ts';
import type { HttpRequest, HttpResponse } from '#api/http.ts';
import { carriesToken } from '#api/token-check.ts';
import type { StepFunctionsApi } from '#step-functions-api/api.ts';
import { listen } from './listen.ts';
import { type LiveServerOptions, startLiveServer } from './live-server.ts';
import { problem } from './problem.ts';

/** How to start the server. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /**
   * Bearer token that every request must carry, but for those of the Step Functions API, which are signed with it, and for who
   * answers an approval by a link.
   */
  readonly token: string;
  /** Answers what AWS SDKs send. Default: nobody does. */
  readonly stepFunctions?: StepFunctionsApi;
  /** What is pushed at `/v1/live`, and by which clock. Default: nothing is. */
  readonly live?: Pick<LiveServerOptions, 'log' | 'tail' | 'clock'> | undefined;
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** Told of what `handle` threw; the client gets a 500 that says nothing about it. */
  onDefect(error: unknown): void;
}

/** A running HTTP server. */
export interface HttpServer {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Lets open requests finish and takes no new ones. */
  close(): Promise<void>;
}

/** Largest body that is read: a workflow definition of 1 MiB as a JSON string, with room for its escapes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A request that is not there whole after this time is dropped. In ms. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Starts the HTTP server. Throws SW3001 when the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answer(request, options, gone.signal)
      .catch((error: unknown) => {
        if (!isGone(request)) options.onDefect(error);
        return problem(
          500,
          'Internal Server Error',
          'this request met a defect; the log of the server has it',
        );
      })
      .then((answered) => {
        // A connection that stayed open would hold up the closing of the server.
        if (!server.listening) response.setHeader('connection', 'close');
        send(response, answered);
      });
  });
  const live =
    options.live === undefined
      ? undefined
      : startLiveServer({ server, token: options.token, ...options.live });
  const port = await listen(server, { ...options, option: '--port' });
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => {
      // What waits for a task or for an end would hold the closing up.
      options.stepFunctions?.close();
      live?.close();
      return closeGracefully(server);
    },
  };
}

function answer(
  request: IncomingMessage,
  options: HttpServerOptions,
  gone: AbortSignal,
): Promise<HttpResponse> {
  const { stepFunctions } = options;
  return stepFunctions !== undefined && isStepFunctions(request)
    ? serveStepFunctions(request, stepFunctions, gone)
    : serve(request, options);
}

/** AWS JSON posts every operation to the root, whatever host it names, and says which in a header. */
function isStepFunctions({ method, url, headers }: IncomingMessage): boolean {
  const isSigned = headers.authorization?.startsWith('AWS4-HMAC-SHA256') === true;
  return method === 'POST' && url === '/' && (isSigned || headers['x-amz-target'] !== undefined);
}

async function serveStepFunctions(
  request: IncomingMessage,
  api: StepFunctionsApi,
  gone: AbortSignal,
): Promise<HttpResponse> {
  const body = await readBody(request);
  if (body !== undefined) return api.serve({ method: 'POST', headers: singleHeaders(request), body }, gone);
  const message = `a body has at most ${MAX_BODY_BYTES} bytes`;
  return {
    status: 413,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: 'RequestEntityTooLargeException', message }),
  };
}

async function serve(request: IncomingMessage, options: HttpServerOptions): Promise<HttpResponse> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url === null) return problem(400, 'Bad Request', 'the path of the request is none');
  const isOpen = isAnswerPath(url.pathname);
  if (!isOpen && !carriesToken(request.headers.authorization, options.token)) {
    const answer = problem(401, 'Unauthorized', 'send the token as "Authorization: Bearer …"');
    return { ...answer, headers: { ...answer.headers, 'www-authenticate': 'Bearer realm="stepwright"' } };
  }
  const most = isOpen ? MAX_FORM_BYTES : MAX_BODY_BYTES;
  const body = await readBody(request, most);
  if (body === undefined) {
    return problem(413, 'Content Too Large', `a body has at most ${most} bytes`);
  }
  return options.handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: singleHeaders(request),
    ...(body.length === 0 ? {} : { body: body.toString('utf8') }),
  });
}

/** Whether the client went away before its request was there whole; nobody is left to answer then. */
function isGone(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

/** The whole body, or undefined when it is too large. */
async function readBody(request: IncomingMessage, most = MAX_BODY_BYTES): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > most ? undefined : Buffer.concat(chunks);
}

function singleHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, values?.join(', ') ?? '']));
}

function send(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function closeGracefully(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
