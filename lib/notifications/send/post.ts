import type { Clock } from '#core/clock.ts';
import { RuntimeError } from '#core/error.ts';
import { type Destination, findDestination } from '#integrations/address.ts';
import { callService, type WireResponse } from '#integrations/http-client.ts';
import { getSecret, type Secrets, variableOf } from '#integrations/secrets.ts';
import { DeliveryFailure } from '../failure.ts';
import { oneLine } from './letter.ts';

/** What posting takes. */
export interface PostPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly secrets: Secrets;
  /** Hosts that may be called although they are in a private network, or without TLS. */
  readonly allowedHosts: ReadonlySet<string>;
  /** How long a receiver may take to answer, in ms. Default 10 s. */
  readonly timeoutMs?: number | undefined;
}

/** Something to be posted. */
export interface Posting {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where its address can be changed: `stepwright.yaml`. */
  readonly addressIn: string;
  /** Where that can be changed by which it is let in: `the secret "ops-channel"`. */
  readonly keyIn: string;
  /** Whether it holds what is kept nowhere: then nothing is kept of an answer either, which might repeat it. */
  readonly isConfidential: boolean;
}

const TIMEOUT_MS = 10_000;
/** So much is kept of what a receiver says that takes nothing. */
const EXCERPT = 200;
/** Statuses below 500 by which a receiver says that it may take it later (RFC 9110, 8470 and 6585). */
const LATER = [408, 425, 429];
const ALLOW = 'allow the host by STEPWRIGHT_HTTP_ALLOW, on AWS by -c allowedHosts=…';
const AGAIN = 'then "stepwright notifications retry" sends it again';

/**
 * Posts JSON. An answer of 2xx is all that counts as taken. Redirects are not followed, addresses of private networks are refused as
 * those of `http` steps are. Throws {@link DeliveryFailure}.
 */
export async function post(ports: PostPorts, posting: Posting): Promise<void> {
  const { headers, body } = posting;
  const response = await calling(posting, async () =>
    callService({
      destination: await destinationOf(ports, posting),
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
        ...{ 'user-agent': 'stepwright', ...headers },
      },
      body,
      timeoutMs: ports.timeoutMs ?? TIMEOUT_MS,
      excerptBytes: posting.isConfidential ? 0 : EXCERPT,
    }),
  );
  if (response.status < 200 || response.status >= 300) throw refusal(response, posting, ports.clock.now());
}

/** What is posted to a service in the open is read by everybody on the way. */
async function destinationOf({ allowedHosts }: PostPorts, { url, addressIn }: Posting): Promise<Destination> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The address may be a secret: it is in no message.
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new DeliveryFailure(`${addressIn} holds no address of the form https://…`, {
      ...{ isFinal: true, hint: `put one there; ${AGAIN}` },
    });
  }
  if (parsed.protocol === 'http:' && !allowedHosts.has(parsed.host)) {
    throw new DeliveryFailure(
      `${parsed.host} is called without TLS, and not among the hosts that are allowed`,
      {
        ...{ isFinal: true, hint: `write https://, or ${ALLOW}; ${AGAIN}` },
      },
    );
  }
  return findDestination(url, allowedHosts);
}

async function calling({ addressIn }: Posting, call: () => Promise<WireResponse>): Promise<WireResponse> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    if (error.name !== 'Http.Forbidden')
      throw new DeliveryFailure(error.message, { isFinal: false, cause: error });
    throw new DeliveryFailure(error.message, {
      ...{ isFinal: true, cause: error },
      hint: `change the address in ${addressIn}, or ${ALLOW}; ${AGAIN}`,
    });
  }
}

function refusal({ status, headers, body }: WireResponse, posting: Posting, now: number): DeliveryFailure {
  const said = oneLine(body);
  const message = `it was answered with status ${status}${said === '' ? '' : `: ${said}`}`;
  const isFinal = status < 500 && !LATER.includes(status);
  const waitMs = retryAfterMs(headers['retry-after'], now);
  return new DeliveryFailure(message, {
    ...{ isFinal, waitMs },
    hint: isFinal ? `${remedyOf(status, posting)}; ${AGAIN}` : undefined,
  });
}

function remedyOf(status: number, { addressIn, keyIn }: Posting): string {
  if (status < 400) return `redirects are not followed: put the address that it leads to into ${addressIn}`;
  if (status === 401 || status === 403)
    return `the receiver does not let us in: put the right key into ${keyIn}`;
  if (status === 404 || status === 410) return `nobody is there: change the address in ${addressIn}`;
  return 'the receiver does not take what it is sent: look what it says';
}

/** `Retry-After` (RFC 9110, section 10.2.3) in ms: seconds, or a date. */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The value of a secret, for a receiver. Throws {@link DeliveryFailure}. */
export async function secretOf(secrets: Secrets, name: string): Promise<string> {
  try {
    return (await getSecret(secrets, name)).trim();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new DeliveryFailure(error.message, {
      ...{ isFinal: true, cause: error },
      hint: `set ${variableOf(name)}, on AWS the secret stepwright/${name} of Secrets Manager; ${AGAIN}`,
    });
  }
}
