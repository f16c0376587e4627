import { type AlertText, readAlertText } from '#api/alerts.ts';
import { StepwrightError } from '#core/error.ts';
import type { ListedDocument } from '#definition/document-kind.ts';

/** The files of alerts among those of a project, which has no errors. */
export function alertTextsIn(documents: readonly ListedDocument[]): readonly AlertText[] {
  return documents.flatMap(({ kind, source }) => (kind === 'alert' ? [readAlertText(source)] : []));
}

/** SW1007. */
export function noAlerts(path: string): StepwrightError {
  return new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${path} has no alerts`,
    hint: 'name a file of alerts, or a project with a folder "alerts"',
  });
}
