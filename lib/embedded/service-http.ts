import { RuntimeError } from '#core/error.ts';
import { type HttpCall, HttpFault, type HttpPort } from '#engine/embedded/services/http-port.ts';
import { findDestination } from '#integrations/address.ts';
import { callService } from '#integrations/http-client.ts';

/**
 * Calls over HTTP for HTTP tasks, under the rules of `http` steps: private networks are refused but for the hosts that are
 * allowed, redirects are not followed, and time and size are bounded.
 */
export function guardedHttp(allowedHosts: ReadonlySet<string>): HttpPort {
  return {
    async send({ url, method, headers, body, timeoutMs, signal }: HttpCall) {
      try {
        const destination = await findDestination(url, allowedHosts);
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const answer = callService({
          ...{ destination, method, body, timeoutMs },
          headers: { ...headers, ...length },
        });
        return await untilAborted(answer, signal);
      } catch (error) {
        throw error instanceof RuntimeError ? faultOf(error) : error;
      }
    },
  };
}

const REASONS: Readonly<Record<string, HttpFault['reason']>> = {
  'Http.Forbidden': 'forbidden',
  'Http.Timeout': 'timeout',
  'Http.TooLarge': 'too-large',
};

function faultOf(error: RuntimeError): HttpFault {
  return new HttpFault(REASONS[error.name] ?? 'unreachable', error.message, { cause: error });
}

/** Waits no longer once nobody wants the answer; the call itself ends within its own time. */
function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', giveUp));
}
