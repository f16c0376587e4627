import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Makes task tokens, and knows its own. */
export interface TokenSigner {
  /** A task token that cannot be guessed: what it stands for, signed. */
  sign(content: string): string;
  /** Whether a token was signed here. Takes equally long for every token of the right form. */
  isSigned(token: string): boolean;
}

/** A signer with this secret; its key is prepared once, which is most of the cost of signing. */
export function tokenSigner(secret: Buffer): TokenSigner {
  const key = createSecretKey(secret);
  const sign = (content: string): string =>
    `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
  return {
    sign,
    isSigned: (token) => {
      const content = token.slice(0, Math.max(0, token.lastIndexOf('.')));
      const [given, expected] = [Buffer.from(token), Buffer.from(sign(content))];
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** The row id of the execution that a token is of, if it is of one at all. */
export function executionOfToken(token: string): number {
  return Number.parseInt(token, 10);
}
