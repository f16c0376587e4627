import type { AlertText } from '#api/alerts.ts';
import { publishDecisionSource } from '#api/decisions.ts';
import { publishValid } from '#api/publish.ts';
import { publishGroups } from '#api/publish-groups.ts';
import { publishNotifications } from '#api/publish-notifications.ts';
import type { ReportText } from '#api/reports.ts';
import { selfContained } from '#decisions/sourced-decision.ts';
import { loadProject } from '#definition/load.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishTemplate } from '#executions/template-store.ts';
import { publishAlertGroup } from '#monitoring/alerts/publish-alerts.ts';
import { publishReport } from '#reports/store/report-store.ts';
import { alertTextsIn } from './alerts/load-alerts.ts';
import { type ExaminedProject, examineProject } from './examine-project.ts';
import { filesOf } from './load.ts';
import { refuseErrors } from './refuse-errors.ts';
import { reportTextsIn } from './reports/load-reports.ts';
import type { Terminal } from './terminal.ts';

/** All of a project that a server publishes. */
export interface PublishedProject extends ExaminedProject {
  readonly alerts: readonly AlertText[];
  readonly reports: readonly ReportText[];
}

/** Loads a project that has no errors; else prints them, and throws. */
export function loadPublished(path: string, terminal: Terminal): PublishedProject {
  const files = loadProject(path);
  const read = examineProject(files);
  refuseErrors(read.diagnostics, filesOf(files), terminal);
  return { ...read, alerts: alertTextsIn(files.documents), reports: reportTextsIn(files.documents) };
}

/** Publishes all of a project, what others go by before them. What is published already, and is not of the project, stays. */
export async function publishAll(ports: ExecutionPorts, loaded: PublishedProject): Promise<void> {
  await publishGroups(ports, loaded.project);
  await publishNotifications(ports, loaded.project);
  for (const decision of loaded.decisions) await publishDecisionSource(ports, selfContained(decision));
  for (const workflow of loaded.workflows) await publishValid(ports, workflow, loaded.project);
  for (const template of loaded.templates) await publishTemplate(ports, template);
  for (const alerts of loaded.alerts) await publishAlertGroup(ports, alerts);
  for (const report of loaded.reports) await publishReport(ports, report);
}
