import type { ExecutionPorts } from '#executions/ports.ts';
import type { ConfidentialLinks, ConfidentialPart } from '#notifications/notifier.ts';
import { makeAlertLink } from '../alert-links.ts';
import { makeActionLinks } from './action-links.ts';

/**
 * Makes the links of a receiver, when a page is sent: by which they acknowledge, and by which the execution that the page is about can be
 * helped as it stands then. Undefined where nobody knows where people reach the API.
 */
export async function makeAlertLinks(
  ports: ExecutionPorts,
  part: Extract<ConfidentialPart, { kind: 'alert-link' }>,
  to: string,
): Promise<ConfidentialLinks | undefined> {
  const answer = await makeAlertLink(ports, part, to);
  if (answer === undefined || part.about === undefined) return answer;
  return { ...answer, actions: await makeActionLinks(ports, part.about, to) };
}
