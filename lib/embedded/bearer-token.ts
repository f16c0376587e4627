import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './digest.ts';

/** Whether an Authorization header carries the token. Takes equally long whatever it carries. */
export function isAuthorized(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(sha256(given), sha256(token));
}
