import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { RuntimeError } from '#core/error.ts';
import type { Destination } from './address.ts';

/** A call as it goes over the wire. */
export interface WireRequest {
  readonly destination: Destination;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** For who needs the status and no more: so much is read of an answer that is no success, and its rest is left. */
  readonly excerptBytes?: number | undefined;
}

/** An answer as it came over the wire. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A state may hold 256 KiB; the answer is to leave room for what is around it. */
const MAX_BODY_BYTES = 200_000;

/**
 * Calls a service at the address that was looked up. Redirects are not followed: where they lead has not been checked.
 * Throws Http.Timeout, Http.Unreachable, Http.TooLarge.
 */
export function callService({
  destination,
  body,
  timeoutMs,
  excerptBytes,
  ...request
}: WireRequest): Promise<WireResponse> {
  const { url, address, family } = destination;
  const { promise, resolve, reject } = Promise.withResolvers<WireResponse>();
  const lookup: LookupFunction = (_host, _options, done) => done(null, [{ address, family }]);
  const options = {
    ...request,
    signal: AbortSignal.timeout(timeoutMs),
    lookup,
  };
  const call = (url.protocol === 'https:' ? https : http).request(url, options);
  call.on('response', (response) => {
    const read = excerptBytes === undefined ? readBody(response) : readExcerpt(response, excerptBytes);
    read.then(resolve, (error: unknown) => reject(failureOf(error, url, timeoutMs)));
  });
  call.on('error', (error) => reject(failureOf(error, url, timeoutMs)));
  call.end(body);
  return promise;
}

async function readBody(response: IncomingMessage): Promise<WireResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new RuntimeError('Http.TooLarge', `the answer is longer than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(part);
  }
  return { ...headOf(response), body: Buffer.concat(chunks).toString() };
}

/** An answer has been given with its head: a body that is long, slow or broken off takes nothing from it. */
async function readExcerpt(response: IncomingMessage, bytes: number): Promise<WireResponse> {
  const head = headOf(response);
  const chunks: Buffer[] = [];
  try {
    let left = head.status < 300 ? 0 : bytes;
    for await (const chunk of left > 0 ? response : []) {
      chunks.push(Buffer.from(chunk).subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
  } catch {}
  response.destroy();
  return { ...head, body: Buffer.concat(chunks).toString() };
}

function headOf({ statusCode = 0, headers }: IncomingMessage): Omit<WireResponse, 'body'> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status: statusCode, headers: Object.fromEntries(entries) };
}

function failureOf(error: unknown, { host }: URL, timeoutMs: number): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new RuntimeError('Http.Timeout', `${host} did not answer within ${timeoutMs / 1_000} s`);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new RuntimeError('Http.Unreachable', `no connection to ${host}: ${reason}`, { cause: error });
}
