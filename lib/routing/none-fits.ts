import { RuntimeError } from '#core/error.ts';

/** No device fits what is asked for. */
export class NoneFits extends RuntimeError {
  /** When the first device that is only kept out comes back, in ms since the Unix epoch; undefined where none is. */
  readonly returnsAt: number | undefined;

  constructor(faults: readonly string[], returnsAt: number | undefined) {
    super('Device.NoneFits', `no device fits: ${faults.join('; ')}`);
    this.returnsAt = returnsAt;
  }
}
