import { createHash, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { ApiFault } from './faults.ts';
import type { ApiRequest } from './protocol.ts';
import { SignatureSha256 } from './signature-sha256.ts';

/** The access key id of every client; the secret access key is the server's token. */
export const ACCESS_KEY_ID = 'stepwright';

/** How far the clock of a client may be off, in ms (AWS General Reference, Signature Version 4). */
const MAX_SKEW_MS = 5 * 60 * 1_000;

/** Without these under it, a signature could be carried over to another request. */
const MUST_BE_SIGNED = ['host', 'x-amz-date', 'x-amz-target'];

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/\s,]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([\w;-]+), *Signature=([0-9a-f]{64})$/;

/** What a signature is checked against. */
export interface SignatureCheck {
  /** The secret access key. */
  readonly secret: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Checks that a request was signed with the secret, body included, within the last five minutes. Throws {@link ApiFault}. */
export async function checkSignature(request: ApiRequest, { secret, now }: SignatureCheck): Promise<void> {
  const authorization = request.headers['authorization'];
  if (authorization === undefined) {
    throw new ApiFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const match = AUTHORIZATION.exec(authorization);
  if (match === null) throw incomplete('the Authorization header is no AWS4-HMAC-SHA256 signature');
  const [, accessKeyId = '', day = '', region = '', service = '', names = '', given = ''] = match;
  const date = request.headers['x-amz-date'] ?? '';
  const signedAt = readDate(date);
  const headers = signedHeaders(request, names.split(';'));
  if (accessKeyId !== ACCESS_KEY_ID) {
    throw new ApiFault(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  checkScope({ day, service, date, signedAt, now });
  const expected = await signatureOf({ request, headers, region, secret, signedAt });
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

interface Scope {
  readonly day: string;
  readonly service: string;
  readonly date: string;
  readonly signedAt: number;
  readonly now: number;
}

function checkScope({ day, service, date, signedAt, now }: Scope): void {
  if (service !== 'states') throw invalid(`Credential should be scoped to correct service: 'states'.`);
  if (!date.startsWith(day)) throw invalid('Date in Credential scope does not match YYYYMMDD of the request');
  if (Math.abs(now - signedAt) <= MAX_SKEW_MS) return;
  const [word, order] = signedAt < now ? ['expired', 'earlier'] : ['not yet current', 'later'];
  const bound = longDate(signedAt < now ? now - MAX_SKEW_MS : now + MAX_SKEW_MS);
  throw invalid(`Signature ${word}: ${date} is now ${order} than ${bound} (${longDate(now)} with 5 min.)`);
}

/** The headers that the signature covers, and no others. */
function signedHeaders(request: ApiRequest, names: readonly string[]): Record<string, string> {
  const missing = MUST_BE_SIGNED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw invalid(`${missing.join(', ')} must be among the signed headers`);
  return Object.fromEntries(
    names.map((name) => {
      const value = request.headers[name];
      if (value === undefined) throw invalid(`the signed header ${name} is not in the request`);
      return [name, value];
    }),
  );
}

interface Signing {
  readonly request: ApiRequest;
  readonly headers: Record<string, string>;
  readonly region: string;
  readonly secret: string;
  readonly signedAt: number;
}

async function signatureOf({ request, headers, region, secret, signedAt }: Signing): Promise<string> {
  // A hash that the client claims is not taken for that of the body.
  const { 'x-amz-content-sha256': claimed } = headers;
  const hash = createHash('sha256').update(request.body).digest('hex');
  if (claimed !== undefined && claimed !== hash) {
    throw invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const signer = new SignatureV4({
    ...{ service: 'states', region, sha256: SignatureSha256, applyChecksum: false },
    credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: secret },
  });
  const signed = await signer.sign(
    {
      ...{ method: request.method, protocol: 'http:', hostname: '', path: '/', query: {} },
      ...{ headers, body: request.body },
    },
    { signingDate: new Date(signedAt), signableHeaders: new Set(Object.keys(headers)) },
  );
  return /Signature=([0-9a-f]{64})/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
}

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Reads `20261125T211921Z`. Throws IncompleteSignatureException. */
function readDate(text: string): number {
  const iso = text.replace(DATE, '$1-$2-$3T$4:$5:$6Z');
  const ms = DATE.test(text) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(ms)) throw incomplete("Date must be in ISO-8601 'basic format' in X-Amz-Date");
  return ms;
}

function longDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
}

function incomplete(message: string): ApiFault {
  return new ApiFault('IncompleteSignatureException', message);
}

function invalid(message: string): ApiFault {
  return new ApiFault('InvalidSignatureException', message);
}
