import { loadProject } from '#definition/load.ts';
import { examineProject } from '../examine-project.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { sendAlertGroup } from './alert-calls.ts';
import { alertTextsIn, noAlerts } from './load-alerts.ts';

/** `stepwright alerts publish`: publishes files of alerts. None is published when one of them has errors. Throws SW1007. */
export async function publishAlertsCommand(
  { paths, ...args }: ServerArguments & { readonly paths: readonly string[] },
  terminal: Terminal,
): Promise<ExitCode> {
  const texts = paths.flatMap((path) => {
    const files = loadProject(path);
    refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
    const found = alertTextsIn(files.documents);
    if (found.length === 0) throw noAlerts(path);
    return found;
  });
  const server = findServer(args, process.env);
  const published: string[] = [];
  for (const { text, file } of texts) {
    const { name, rules } = await sendAlertGroup(server, file.alerts, text);
    published.push(name);
    if (!terminal.json) terminal.print(`published ${name}: ${rules.join(', ')}`);
  }
  if (terminal.json) printJson(terminal, { published });
  return 0;
}
