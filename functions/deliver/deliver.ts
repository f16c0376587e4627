import type { Json } from '#core/json.ts';
import { DeadlineSchema } from '#deadlines/deadlines.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { makeAlertLinks } from '#monitoring/alerts/actions/alert-links-of-page.ts';
import { type DeliveryPorts, deliver } from '#notifications/deliver.ts';
import type { SendPorts } from '#notifications/send/send.ts';
import { makeReportLink } from '#reports/report-links.ts';
import { makeApprovalLink } from '#signals/approval-link.ts';

/** By which ways notifications leave besides calls over HTTP. */
export type WaysOut = Pick<SendPorts, 'mailer' | 'topics'>;

/** Tries the delivery of a notification that is due. */
export function createDeliver(ports: ExecutionPorts, ways: WaysOut): (payload: unknown) => Promise<Json> {
  const { table, deadlines, clock, random, secrets, allowedHosts } = ports;
  const delivering: DeliveryPorts = {
    ...{ table, deadlines, clock, random, secrets, allowedHosts, ...ways },
    makeConfidential: async (part, to) => {
      if (part.kind === 'alert-link') return makeAlertLinks(ports, part, to);
      return part.kind === 'report-link'
        ? makeReportLink(ports, part, to)
        : makeApprovalLink(ports, part, to);
    },
  };
  return async (payload) => {
    await deliver(delivering, DeadlineSchema.parse(payload).id);
    return {};
  };
}
