import { ApiFault } from '../faults.ts';

/** An operation that the type of the machine does not have. */
export function typeNotSupported(): ApiFault {
  return new ApiFault(
    'StateMachineTypeNotSupported',
    'This operation is not supported by this type of state machine',
  );
}
