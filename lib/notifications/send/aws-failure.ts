import { DeliveryFailure } from '../failure.ts';

/** Faults of AWS that are ours, and stay until somebody changes something. */
const FINAL = [
  ...['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException'],
  ...[
    'InvalidParameter',
    'InvalidParameterException',
    'NotFound',
    'NotFoundException',
    'BadRequestException',
  ],
  ...['AccountSuspendedException', 'MailFromDomainNotVerifiedException', 'MessageRejected'],
];

/** What an SDK throws, as a failure of a delivery. What is no fault of a service is thrown on. */
export function awsFailure(error: unknown, service: string): DeliveryFailure {
  if (!(error instanceof Error)) throw error;
  const isFinal = FINAL.includes(error.name);
  return new DeliveryFailure(`${service}: ${error.name}: ${error.message}`, {
    ...{ isFinal, cause: error },
    hint: isFinal
      ? `look at what ${service} says, then "stepwright notifications retry" sends it again`
      : undefined,
  });
}
