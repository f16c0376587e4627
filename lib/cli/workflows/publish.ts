import * as z from 'zod';
import type { AlertText } from '#api/alerts.ts';
import type { ReportText } from '#api/reports.ts';
import type { Diagnostic } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import { loadProject } from '#definition/load.ts';
import type { NotificationSettings } from '#definition/notifications.ts';
import type { SourcedWorkflow } from '#validation/sourced-workflow.ts';
import { sendAlertGroup } from '../alerts/alert-calls.ts';
import { alertTextsIn } from '../alerts/load-alerts.ts';
import { ApiRefusal, type Server } from '../api-client.ts';
import { examineProject } from '../examine-project.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { reportTextsIn } from '../reports/load-reports.ts';
import { sendReport } from '../reports/report-calls.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { publishOrder } from './publish-order.ts';
import { type Publication, publishText, sendGroup, sendNotificationSettings } from './workflow-calls.ts';

/** What `stepwright workflows publish` was called with. */
export interface PublishArguments extends ServerArguments {
  /** Workflow files, and folders of projects. */
  readonly paths: readonly string[];
}

/**
 * `stepwright workflows publish`: publishes workflow files, those that are called before those that call them, and says who is
 * of the groups of their projects, who is told of what, what is watched, and what is reported. Nothing is published when one of them has errors. Throws SW1007 for a path without a workflow.
 */
export async function publishCommand(args: PublishArguments, terminal: Terminal): Promise<ExitCode> {
  const asked = args.paths.map((path) => loadAsked(path, terminal));
  const workflows = publishOrder(asked.flatMap((one) => one.workflows));
  const server = findServer(args, process.env);
  const groups = new Map(asked.flatMap((one) => [...one.groups]));
  for (const [name, members] of groups) await sendGroup(server, name, members);
  const settings = asked.flatMap(({ notifications }) => notifications ?? []);
  if (settings.length > 0) await sendNotificationSettings(server, together(settings));
  for (const { text, file } of asked.flatMap(({ alerts }) => alerts))
    await sendAlertGroup(server, file.alerts, text);
  for (const { text, file } of asked.flatMap(({ reports }) => reports))
    await sendReport(server, file.report, text);
  const published: Publication[] = [];
  for (const each of workflows) {
    const publication = await publish(server, each, terminal);
    published.push(publication);
    const { name, version, isNew } = publication;
    if (!terminal.json)
      terminal.print(isNew ? `published ${name} ${version}` : `${name} ${version} is published already`);
  }
  if (terminal.json) printJson(terminal, { published });
  return 0;
}

/** What is to be published. */
interface Asked {
  readonly workflows: readonly SourcedWorkflow[];
  /** The people of the groups of its project. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Who is told of what, as its project says. */
  readonly notifications: NotificationSettings | undefined;
  /** The files of alerts of its project. */
  readonly alerts: readonly AlertText[];
  /** Its reports. */
  readonly reports: readonly ReportText[];
}

function together(settings: readonly NotificationSettings[]): NotificationSettings {
  return {
    receivers: Object.assign({}, ...settings.map(({ receivers }) => receivers)),
    routes: settings.flatMap(({ routes }) => routes),
  };
}

/** The workflows of a path, without those that they call. */
function loadAsked(path: string, terminal: Terminal): Asked {
  const files = loadProject(path);
  const { workflows, project, diagnostics } = examineProject(files);
  refuseErrors(diagnostics, filesOf(files), terminal);
  const asked = workflows.filter(({ source }) => files.workflows.includes(source));
  const { groups = new Map(), notifications } = project;
  const alerts = alertTextsIn(files.documents);
  const reports = reportTextsIn(files.documents);
  if (asked.length > 0) return { workflows: asked, groups, notifications, alerts, reports };
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `there is no workflow in ${path}`,
    hint: 'name workflow files, or folders of projects',
  });
}

/** What the server finds wrong with the text is told at its places in the file. */
async function publish(
  server: Server,
  { source }: SourcedWorkflow,
  terminal: Terminal,
): Promise<Publication> {
  try {
    return await publishText(server, source.text);
  } catch (error) {
    if (error instanceof ApiRefusal)
      refuseErrors(
        diagnosticsOf(error).map((one) => ({ ...one, file: source.file })),
        [source],
        terminal,
      );
    throw error;
  }
}

const DiagnosticSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
  hint: z.string().exactOptional(),
});

function diagnosticsOf({ diagnostics }: ApiRefusal): readonly Diagnostic[] {
  return z.array(DiagnosticSchema).parse(diagnostics);
}
