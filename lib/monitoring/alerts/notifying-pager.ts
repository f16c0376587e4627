import type { Notifier } from '#integrations/notifier.ts';
import type { Pager } from './pager.ts';

/** Sends pages as notifications. */
export function notifyingPager({ notifier }: { readonly notifier: Notifier }): Pager {
  return {
    page: async ({ id, alerts, kind }) => {
      await notifier.send({ id, topic: 'alerts', subject: kind, message: { alerts: alerts.length } });
    },
  };
}
