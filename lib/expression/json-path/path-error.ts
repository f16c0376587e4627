/** Why a path, or a call of an intrinsic function, is none, and where in its text. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
  /** Characters from the start of the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
