import { createHmac } from 'node:crypto';

/** A task token that cannot be guessed: what it stands for, signed. */
export function signToken(content: string, secret: Buffer): string {
  const signature = createHmac('sha256', secret).update(content).digest('base64url');
  return `${content}.${signature}`;
}

/** The row id of the execution that a token is of, if it is of one at all. */
export function executionOfToken(token: string): number {
  return Number.parseInt(token, 10);
}
