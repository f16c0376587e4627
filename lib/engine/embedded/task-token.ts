import { createHmac, timingSafeEqual } from 'node:crypto';

/** A task token that cannot be guessed: what it stands for, signed. */
export function signToken(content: string, secret: Buffer): string {
  const signature = createHmac('sha256', secret).update(content).digest('base64url');
  return `${content}.${signature}`;
}

/** The row id of the execution that a token is of, if it is of one at all. */
export function executionOfToken(token: string): number {
  return Number.parseInt(token, 10);
}

/** Whether a token was signed with this secret. Takes equally long for every token of the right form. */
export function isSigned(token: string, secret: Buffer): boolean {
  const content = token.slice(0, Math.max(0, token.lastIndexOf('.')));
  const [given, expected] = [Buffer.from(token), Buffer.from(signToken(content, secret))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
