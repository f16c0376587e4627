import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether a secret is the expected one. Takes equally long whatever is given. */
export function isSecret(given: string | Readonly<Buffer>, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

/** Whether an Authorization header carries the token, as `Bearer …`. */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  return isSecret(/^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '', token);
}

/** Of equal length whatever it is of, so that it can be compared in constant time. */
function sha256(secret: string | Readonly<Buffer>): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * Whether the subprotocols that a WebSocket client offers have the token, as `bearer.<base64url>`: browsers can send no header, and
 * those allow few characters.
 */
export function offersToken(protocols: string | undefined, token: string): boolean {
  const offered = protocols?.split(',').map((name) => name.trim()) ?? [];
  const given = offered.find((name) => name.startsWith('bearer.'))?.slice('bearer.'.length);
  return given !== undefined && isSecret(Buffer.from(given, 'base64url'), token);
}
