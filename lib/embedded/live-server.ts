import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { carriesToken, offersToken } from '#api/token-check.ts';
import type { Clock } from '#core/clock.ts';
import type { EventLog } from '#monitoring/feed/event-log.ts';
import type { FeedTail } from '#monitoring/feed/feed-tail.ts';
import { LiveSession } from '#monitoring/live/live-session.ts';
import { CLOSED, LIVE_LIMITS, LIVE_PROTOCOL } from '#monitoring/live/protocol.ts';

/** What a live server works with. */
export interface LiveServerOptions {
  /** The HTTP server that it is part of. */
  readonly server: Server;
  /** What clients must know: as a bearer token, or, in a browser, in the subprotocol `bearer.<base64url>`. */
  readonly token: string;
  readonly log: EventLog;
  readonly tail: FeedTail;
  readonly clock: Clock;
}

/** Where clients connect. */
export const LIVE_PATH = '/v1/live';

/** The address of the same, for who has reached the server at a host. */
export function liveUrlAt(host: string | undefined): string | undefined {
  return host === undefined ? undefined : `ws://${host}${LIVE_PATH}`;
}

/** More are refused. */
const MOST_CONNECTIONS = 100;
/** A larger message ends the connection before it is read; a smaller one that is too large is told. */
const LARGEST_MESSAGE_BYTES = 1_048_576;
/** How long a client may take to agree to the end, in ms. */
const CLOSE_MS = 1_000;

/** Serves `/v1/live`: events pushed over WebSocket. Ends with the HTTP server, when {@link close} is called. */
export function startLiveServer(options: LiveServerOptions): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false),
  });
  options.server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, options.token, sockets.clients.size);
    if (refusal !== undefined) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (client) => serve(client, options));
  });
  return {
    close: () => {
      const end = { code: CLOSED.goingAway, reason: 'the server ends' };
      for (const client of sockets.clients) closeSoon(client, options.clock, end);
      sockets.close();
    },
  };
}

interface Refusal {
  readonly status: string;
  readonly detail: string;
}

function refusalOf({ url, headers }: IncomingMessage, token: string, clients: number): Refusal | undefined {
  if (URL.parse(url ?? '', 'http://localhost')?.pathname !== LIVE_PATH)
    return { status: '404 Not Found', detail: `events are pushed at ${LIVE_PATH}` };
  if (!isOwnOrigin(headers.origin, headers.host))
    return { status: '403 Forbidden', detail: 'pages of another origin may not connect' };
  const offered = headers['sec-websocket-protocol'];
  if (!carriesToken(headers.authorization, token) && !offersToken(offered, token))
    return { status: '401 Unauthorized', detail: 'send the token as "Authorization: Bearer …"' };
  if (clients >= MOST_CONNECTIONS)
    return { status: '503 Service Unavailable', detail: `there are ${MOST_CONNECTIONS} connections already` };
  return undefined;
}

/** Only browsers say where a page is from; a page from elsewhere has no business here, whatever it knows. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || URL.parse(origin)?.host === host;
}

function refuse(socket: Duplex, { status, detail }: Refusal): void {
  const title = status.slice(4);
  const body = JSON.stringify({ type: 'about:blank', title, status: Number(status.slice(0, 3)), detail });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function serve(client: WebSocket, { log, tail, clock }: LiveServerOptions): void {
  const session = new LiveSession({ log, tail, clock, socket: socketOf(client, clock) });
  const stopPings = keepAlive(client, clock);
  // What is wrong with the connection is said by its end.
  client.on('error', () => client.terminate());
  client.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) client.close(1003, 'send text');
    else session.take(data);
  });
  client.once('close', () => {
    stopPings();
    session.close();
  });
}

function socketOf(client: WebSocket, clock: Clock) {
  return {
    send: (text: string) =>
      new Promise<void>((resolve, reject) => {
        client.send(text, (error) => (error == null ? resolve() : reject(error)));
      }),
    close: (code: number, reason: string) => closeSoon(client, clock, { code, reason }),
  };
}

/** Ends a connection with a reason; one whose client does not agree to that is cut off. */
function closeSoon(
  client: WebSocket,
  clock: Clock,
  { code, reason }: { readonly code: number; readonly reason: string },
): void {
  const cut = clock.setTimer(clock.now() + CLOSE_MS, () => client.terminate());
  client.once('close', () => cut.cancel());
  client.close(code, reason);
}

/** Ends connections of clients that are gone without a word. */
function keepAlive(client: WebSocket, clock: Clock): () => void {
  let isAlive = true;
  client.on('pong', () => {
    isAlive = true;
  });
  const next = () =>
    clock.setTimer(clock.now() + LIVE_LIMITS.heartbeatMs, () => {
      if (!isAlive) return client.terminate();
      isAlive = false;
      client.ping();
      timer = next();
    });
  let timer = next();
  return () => timer.cancel();
}
