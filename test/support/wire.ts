import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** A request as it came over the wire. */
export interface WireCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a wire answers; an object is sent as JSON. */
export interface WireReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string | Buffer;
  /** Ends the connection after the body, however long it was said to be. */
  readonly breaksOff?: boolean;
}

/** A service on this machine that plays answers, and keeps what it was asked. */
export interface Wire extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly calls: readonly WireCall[];
}

/** Starts a service that gives the answers in turn, the last one again and again, or what a function says. */
export async function playWire(
  ...replies: readonly (WireReply | ((call: WireCall) => WireReply))[]
): Promise<Wire> {
  const calls: WireCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const call = { method, url, headers, body: Buffer.concat(chunks).toString() };
      const reply = replies[Math.min(calls.length, replies.length - 1)];
      calls.push(call);
      const {
        status = 200,
        headers: answered = {},
        body,
        breaksOff = false,
      } = typeof reply === 'function' ? reply(call) : (reply ?? { body: '' });
      const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
      const type = isJson ? { 'content-type': 'application/x-amz-json-1.0' } : {};
      const content = isJson ? JSON.stringify(body) : body;
      const length = { 'content-length': Buffer.byteLength(content) };
      response.writeHead(status, { 'x-amzn-requestid': 'r-1', ...length, ...type, ...answered });
      if (breaksOff) response.write(content, () => response.destroy());
      else response.end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const host = `127.0.0.1:${port}`;
  return {
    ...{ endpoint: `http://${host}`, host, calls },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
