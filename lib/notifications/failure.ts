/** Why something could not be sent, and what to do about it. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure';
  /** Whether it would fail the same way again, until somebody changes something. */
  readonly isFinal: boolean;
  readonly hint: string | undefined;
  /** How long the receiver asked to wait, in ms. */
  readonly waitMs: number | undefined;

  constructor(
    message: string,
    {
      isFinal,
      hint,
      waitMs,
      cause,
    }: {
      readonly isFinal: boolean;
      readonly hint?: string | undefined;
      readonly waitMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.isFinal = isFinal;
    this.hint = hint;
    this.waitMs = waitMs;
  }
}
