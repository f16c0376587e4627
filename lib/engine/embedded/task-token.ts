import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Makes task tokens that cannot be guessed, and knows its own: what each stands for, signed. */
export class TaskTokens {
  readonly #key;

  /** The key is prepared once, which is most of the cost of signing. */
  constructor(secret: Buffer) {
    this.#key = createSecretKey(secret);
  }

  /**
   * The token of a task: of an execution by its row id, scheduled after an event, in a redrive of it. A task that is scheduled again by a
   * redrive is another try, and has a token of its own.
   */
  of(execution: number, eventId: number, redrives: number): string {
    return this.#sign(`${execution}.${eventId}${redrives === 0 ? '' : `.${redrives}`}`);
  }

  /** Whether a token was made here. Takes equally long for every token of the right form. */
  isOwn(token: string): boolean {
    const content = token.slice(0, Math.max(0, token.lastIndexOf('.')));
    const [given, expected] = [Buffer.from(token), Buffer.from(this.#sign(content))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #sign(content: string): string {
    return `${content}.${createHmac('sha256', this.#key).update(content).digest('base64url')}`;
  }
}

/** The row id of the execution that a token is of, if it is of one at all. */
export function executionOfToken(token: string): number {
  return Number.parseInt(token, 10);
}
