import type { Retired, RetireOptions, RetirePorts } from './ports.ts';
import { notePlace } from './progress.ts';
import { retireAlerts } from './retire-alerts.ts';
import { retireCommands } from './retire-commands.ts';
import { retireExecutions } from './retire-executions.ts';
import { retireNotifications } from './retire-notifications.ts';

/** What is retired, one kind after the other. To add one: a file beside these, and a line in this table. */
const RETIREMENTS = [retireNotifications, retireAlerts, retireCommands, retireExecutions];

/** One round: archives, where there is an archive, and deletes what is over its time. */
export async function retireRound(ports: RetirePorts, options: RetireOptions): Promise<Retired> {
  const { table, archive } = ports;
  if (archive !== undefined) await notePlace(table, archive.place);
  let gone = 0;
  let isDone = true;
  for (const retire of RETIREMENTS) {
    const done = await retire(ports, options);
    gone += done.gone;
    isDone &&= done.isDone;
  }
  return { gone, isDone };
}
