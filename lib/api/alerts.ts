import { hasErrors } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import { type AlertFile, AlertFileSchema } from '#definition/alert/alert.ts';
import { Source } from '#definition/source.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishAlertGroup } from '#monitoring/alerts/publish-alerts.ts';
import type { PublishedAlerts } from '#monitoring/alerts/store/group-store.ts';
import { checkDocuments } from '#validation/documents/documents.ts';
import { InvalidDefinition } from './problem.ts';

/** A file of alerts that is valid, with its text. */
export interface AlertText {
  readonly text: string;
  readonly file: AlertFile;
}

/** Reads and validates the text of a file of alerts. Throws {@link InvalidDefinition}. */
export function readAlertText(source: Source): AlertText {
  const found = checkDocuments([{ kind: 'alert', source }]);
  if (hasErrors(found)) throw new InvalidDefinition(found, 'group of alerts');
  return { text: source.text, file: AlertFileSchema.parse(source.value) };
}

/** Validates and publishes a group of alerts, in the place of the one before. Throws {@link InvalidDefinition}, SW4001, SW4022. */
export async function publishAlertText(
  ports: Pick<ExecutionPorts, 'table' | 'clock' | 'engine'>,
  source: Source,
  name?: string,
): Promise<PublishedAlerts> {
  const read = readAlertText(source);
  if (name === undefined || name === read.file.alerts) return publishAlertGroup(ports, read);
  throw new StepwrightError({
    code: 'SW4001',
    kind: 'invalid',
    message: `this is the group of alerts "${read.file.alerts}", and was sent as "${name}"`,
    hint: 'send it under its own name',
  });
}

/** The same of a text that comes over the API. */
export function alertSource(text: string): Source {
  return Source.parse('body', text);
}
