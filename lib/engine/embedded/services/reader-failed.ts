import { ServiceFailure } from './service-failure.ts';

/** A dataset that cannot be read. */
export function readerFailed(cause: string, error?: unknown): ServiceFailure {
  return new ServiceFailure('States.ItemReaderFailed', cause, error === undefined ? {} : { cause: error });
}
