import { loadProject } from '#definition/load.ts';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { examineProject } from '../examine-project.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { alertTextsIn, noAlerts } from './load-alerts.ts';

/**
 * `stepwright alerts compile`: prints the States Language of the escalations of a file, by their names; of a folder with several
 * files, by `<group>/<name>`. It is JSON with and without `--json`. Throws SW1007.
 */
export async function compileAlertsCommand(file: string, terminal: Terminal): Promise<ExitCode> {
  const files = loadProject(file);
  refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
  const alerts = alertTextsIn(files.documents);
  if (alerts.length === 0) throw noAlerts(file);
  const definitions = alerts.flatMap(({ file: { alerts: group, escalations } }) => {
    const before = alerts.length > 1 ? `${group}/` : '';
    const machines = [...escalationMachines({ alerts: group, escalations })];
    return machines.map(([name, { definition }]) => [`${before}${name}`, definition] as const);
  });
  printJson(terminal, Object.fromEntries(definitions));
  return 0;
}
