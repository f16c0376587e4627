import { createHash } from 'node:crypto';
import { CustomResource } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { loadProject } from '#definition/load.ts';
import { ReportFileSchema } from '#definition/report/report.ts';

/** A report of the project, as it is deployed. */
export interface DeployedReport {
  /** Name of its document in the bundle. */
  readonly document: string;
  readonly name: string;
  /** The author's text. */
  readonly source: string;
}

/** The reports of a project, whose files have no errors. */
export function projectReports(folder: string): readonly DeployedReport[] {
  return loadProject(folder).documents.flatMap(({ kind, source }) => {
    if (kind !== 'report') return [];
    const { report: name } = ReportFileSchema.parse(source.value);
    return [{ document: `${name}.report`, name, source: source.text }];
  });
}

/** Publishes the reports of the project by a custom resource, as the API does. One that is taken out of the project stays published. */
export class ReportPublication extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { publisher, reports }: { readonly publisher: IFunction; readonly reports: readonly DeployedReport[] },
  ) {
    super(scope, id);
    for (const { document, name, source } of reports) {
      new CustomResource(this, `Report-${name}`, {
        serviceToken: publisher.functionArn,
        resourceType: 'Custom::StepwrightReport',
        properties: { document, report: name, digest: createHash('sha256').update(source).digest('hex') },
      });
    }
  }
}
