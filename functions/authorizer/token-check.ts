import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header carries the token, as `Bearer …`. Takes equally long whatever it carries. */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = sha256(token);
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(sha256(given), expected);
  };
}

/** Of equal length whatever it is of, so that it can be compared in constant time. */
function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
