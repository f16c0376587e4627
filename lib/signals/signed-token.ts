import { createHmac, timingSafeEqual } from 'node:crypto';

/** With what tokens are signed: a secret, and what for, so that a token means nothing elsewhere. */
export interface Signing {
  readonly secret: string;
  readonly purpose: string;
}

/** Longest token that is looked at. */
const MAX_TOKEN = 4_096;

/** A token of claims, and an HMAC-SHA256 of them. */
export function signToken(signing: Signing, claims: object): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${mac(signing, text).toString('base64url')}`;
}

/** What a token claims; undefined when it was not made with this secret, for this purpose. Looks nothing up. */
export function readToken(signing: Signing, token: string): unknown {
  const [, text, signature] = /^([\w-]+)\.([\w-]{43})$/.exec(token.slice(0, MAX_TOKEN + 1)) ?? [];
  if (token.length > MAX_TOKEN || text === undefined || signature === undefined) return undefined;
  const expected = mac(signing, text);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

function mac({ secret, purpose }: Signing, text: string): Buffer {
  return createHmac('sha256', secret).update(`${purpose}\n${text}`).digest();
}
