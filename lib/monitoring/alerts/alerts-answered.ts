import type { ExecutionPorts } from '#executions/ports.ts';
import { alertPager } from './alert-pager.ts';
import { tellEscalations } from './escalation/escalate.ts';
import type { AlertRecord } from './records/alert-record.ts';

/** Has the escalations of alerts hear of what somebody has said of them. */
export async function alertsAnswered(
  ports: Pick<ExecutionPorts, 'table' | 'clock' | 'engine' | 'notifier' | 'links'>,
  alerts: readonly AlertRecord[],
): Promise<void> {
  const { table, clock, engine } = ports;
  await tellEscalations({ table, clock, engine, pager: alertPager(ports) }, alerts);
}
