import { StepwrightError } from '#core/error.ts';
import { LIVE_LIMITS } from './protocol.ts';

/** SW4113. */
export function tooManySubscriptions(): StepwrightError {
  return new StepwrightError({
    code: 'SW4113',
    kind: 'too-many-requests',
    message: `a connection has at most ${LIVE_LIMITS.subscriptions} subscriptions`,
    hint: 'name more in one subscription, or unsubscribe what is not wanted any more',
  });
}

/** SW4115. */
export function unknownSubscription(id: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4115',
    kind: 'not-found',
    message: `there is no subscription "${id}" on this connection`,
    hint: 'a new connection begins without any',
  });
}
