import { createHash } from 'node:crypto';
import { type AlertFile, AlertFileSchema } from '#definition/alert/alert.ts';
import { loadProject } from '#definition/load.ts';
import { checkDocuments } from '#validation/documents/documents.ts';
import { refuseErrors } from './workflows.ts';

/** A group of alerts of the project, as it is deployed. */
export interface DeployedAlerts {
  /** Name of its document in the bundle; the function that publishes knows it. */
  readonly document: string;
  readonly file: AlertFile;
  /** The author's text. */
  readonly source: string;
  /** SHA-256 of the text: a change of it is a change of the deployment. */
  readonly digest: string;
}

/** Reads every file of alerts of a project. Throws, with all errors, when one is not valid. */
export function projectAlerts(folder: string): readonly DeployedAlerts[] {
  const documents = loadProject(folder).documents.filter(({ kind }) => kind === 'alert');
  refuseErrors(checkDocuments(documents));
  return documents.map(({ source }) => {
    const file = AlertFileSchema.parse(source.value);
    const digest = createHash('sha256').update(source.text).digest('hex');
    return { document: `${file.alerts}.alerts`, file, source: source.text, digest };
  });
}
