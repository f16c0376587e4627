import { loadProject } from '#definition/load.ts';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { examineProject } from '../examine-project.ts';
import { filesOf, refuseErrors } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { alertTextsIn, noAlerts } from './load-alerts.ts';

/**
 * `stepwright alerts compile`: prints the States Language of the escalations of a file, by their names. It is JSON with and without
 * `--json`. Throws SW1007.
 */
export async function compileAlertsCommand(file: string, terminal: Terminal): Promise<ExitCode> {
  const files = loadProject(file);
  refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
  const [first] = alertTextsIn(files.documents);
  if (first === undefined) throw noAlerts(file);
  const machines = [...escalationMachines(first.file)];
  printJson(terminal, Object.fromEntries(machines.map(([name, { definition }]) => [name, definition])));
  return 0;
}
