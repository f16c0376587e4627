import type { AlertFile } from '#definition/alert/alert.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { escalationMachines } from './escalation/escalation-machine.ts';
import { type PublishedAlerts, publishAlerts } from './store/group-store.ts';

/** Publishes a group of alerts that is valid, and the machines of its escalations before it. Throws SW4022. */
export async function publishAlertGroup(
  ports: Pick<ExecutionPorts, 'table' | 'clock' | 'engine'>,
  group: { readonly text: string; readonly file: AlertFile },
): Promise<PublishedAlerts> {
  for (const machine of escalationMachines(group.file).values()) await ports.engine.deploy(machine);
  return publishAlerts(ports, group);
}
