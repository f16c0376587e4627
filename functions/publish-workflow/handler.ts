import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { putPublicUrl } from '#signals/public-url.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { serveCustomResource } from './custom-resource.ts';
import { createPublishAlerts, isAlertDocument, withdrawAlerts } from './publish-alerts.ts';
import { createPublishDecision, isDecisionDocument } from './publish-decision.ts';
import { createPublishProject, PROJECT_DOCUMENT } from './publish-project.ts';
import { createPublishReport, isReportDocument } from './publish-report.ts';
import { createPublishWorkflow } from './publish-workflow.ts';

const ports = connectPorts();
const publishWorkflow = createPublishWorkflow(ports);
const publishDecision = createPublishDecision(ports);
const publishReport = createPublishReport(ports);
const publishAlerts = createPublishAlerts(ports);
const publishProject = createPublishProject(ports);

/** The documents are part of the bundle: a compiled workflow is too large for a template. */
export const handler = lambdaHandler((event: unknown) =>
  serveCustomResource(event, {
    publish: async ({ document, publicUrl }) => {
      if (publicUrl !== undefined) return putPublicUrl(ports.table, publicUrl);
      const file = join(import.meta.dirname, 'workflows', `${basename(document)}.json`);
      await publisherOf(document)(JSON.parse(readFileSync(file, 'utf8')));
    },
    withdraw: async ({ document }) => {
      if (isAlertDocument(document)) await withdrawAlerts(ports, document);
    },
  }),
);

function publisherOf(document: string) {
  if (document === PROJECT_DOCUMENT) return publishProject;
  if (isReportDocument(document)) return publishReport;
  if (isAlertDocument(document)) return publishAlerts;
  return isDecisionDocument(document) ? publishDecision : publishWorkflow;
}
