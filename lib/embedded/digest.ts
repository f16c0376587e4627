import { createHash } from 'node:crypto';

/** SHA-256 of a secret: of equal length whatever it is of, so that secrets can be compared in constant time. */
export function sha256(secret: string | Readonly<Buffer>): Buffer {
  return createHash('sha256').update(secret).digest();
}
