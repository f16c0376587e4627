import * as z from 'zod';
import { alertSource, readAlertText } from '#api/alerts.ts';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { deleteAlertGroup, publishAlerts } from '#monitoring/alerts/store/group-store.ts';

const AlertDocumentSchema = z.object({ alerts: z.string() });
const ENDING = '.alerts';

/** Documents of groups of alerts are named `plant.alerts`; in names of machines there is no dot, in those of decisions an `@`. */
export function isAlertDocument(document: string): boolean {
  return document.endsWith(ENDING) && !document.includes('@');
}

/** Publishes a group of alerts that has been deployed, as the API does. Throws SW4002 and SW4022. */
export function createPublishAlerts(
  ports: Pick<ExecutionPorts, 'table' | 'clock'>,
): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { alerts } = AlertDocumentSchema.parse(payload);
    const { name, file } = await publishAlerts(ports, readAlertText(alertSource(alerts)));
    return { alerts: name, rules: file.rules.length };
  };
}

/** Takes the group of a document away that is deployed no more: nobody else would end its alerts. */
export async function withdrawAlerts(
  { table }: Pick<ExecutionPorts, 'table'>,
  document: string,
): Promise<void> {
  try {
    await deleteAlertGroup(table, document.slice(0, -ENDING.length));
  } catch (error) {
    if (!(error instanceof StepwrightError && error.kind === 'not-found')) throw error;
  }
}
