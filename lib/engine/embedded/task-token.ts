import { createHmac } from 'node:crypto';

/** A task token that cannot be guessed: what it stands for, signed. */
export function signToken(content: string, secret: Buffer): string {
  const signature = createHmac('sha256', secret).update(content).digest('base64url');
  return `${content}.${signature}`;
}
