import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { acknowledgeFindings } from './acknowledged.ts';
import { projectAlerts } from './alert-files.ts';
import { ApiStack } from './api-stack.ts';
import { addDocuments, bundleFunctions } from './bundle.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import type { DeploymentOptions } from './names.ts';
import { projectReports, ReportPublication } from './report-publication.ts';
import { RuntimeStack } from './runtime-stack.ts';
import { StateStack } from './state-stack.ts';
import { projectTemplates, TemplatePublication } from './template-publication.ts';
import { PROJECT_DOCUMENT } from './workflow-publication.ts';
import { compileProject, projectDecisionDocuments, projectDocument } from './workflows.ts';

/** Where things are, and what differs between deployments. */
export interface AppProps {
  /** Root of the package. */
  readonly root: string;
  /** Folder for the bundles, emptied first. */
  readonly scratch: string;
  readonly options: DeploymentOptions;
  /** Puts the bundled functions into a folder. Default: bundles them. */
  readonly bundle?: typeof bundleFunctions | undefined;
}

/** The stacks, by how long what is in them lives: state, runtime, api, monitoring. Throws when a workflow is not valid. */
export function addStacks(app: App, { root, scratch, options, bundle = bundleFunctions }: AppProps): void {
  const workflows = compileProject(options.project);
  const decisions = projectDecisionDocuments(options.project);
  const alerts = projectAlerts(options.project);
  const project = projectDocument(options.project);
  const reports = projectReports(options.project);
  const templates = projectTemplates(options.project);
  rmSync(scratch, { recursive: true, force: true });
  bundle(root, scratch, options.transport);
  addDocuments(
    join(scratch, 'publish-workflow', 'workflows'),
    new Map<string, unknown>([
      ...workflows.map(({ machine, compiled, source }) => [machine, { compiled, source }] as const),
      ...decisions.map(({ document, source }) => [document, { decision: source }] as const),
      ...templates.map(({ document, source }) => [document, { template: source }] as const),
      ...reports.map(({ document, source }) => [document, { report: source }] as const),
      ...alerts.map(({ document, source }) => [document, { alerts: source }] as const),
      [PROJECT_DOCUMENT, project],
    ]),
  );

  addDocuments(join(scratch, 'outside-event'), new Map([['events', project.events]]));
  const state = new StateStack(app, 'StepwrightState', { emulated: options.emulator !== undefined });
  const runtime = new RuntimeStack(app, 'StepwrightRuntime', {
    table: state.table,
    archive: state.archive,
    options,
    bundles: scratch,
    workflows,
    decisions,
    alerts,
    project,
  });
  const { publisher, publication } = runtime;
  new TemplatePublication(runtime, 'Templates', { publisher, templates, after: publication });
  new ReportPublication(runtime, 'Reports', { publisher, reports });
  const api = new ApiStack(app, 'StepwrightApi', {
    ...{ table: state.table, reports: state.reports, runtime, options, bundles: scratch },
  });
  const monitoring = new MonitoringStack(app, 'StepwrightMonitoring', {
    ...{ table: state.table, reports: state.reports, runtime, live: api.live, bundles: scratch },
    ...{ alerts, emulator: options.emulator },
  });
  for (const stack of [state, runtime, api, monitoring]) acknowledgeFindings(stack);
}
