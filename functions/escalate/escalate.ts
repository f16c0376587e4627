import type { ExecutionPorts } from '#executions/ports.ts';
import { alertPager } from '#monitoring/alerts/alert-pager.ts';
import { escalate } from '#monitoring/alerts/escalation/escalate.ts';
import { EscalateRequestSchema } from '#monitoring/alerts/escalation/escalation-task.ts';

/** Serves a task of an escalation: tells whoever is on call, and has the task wait for somebody to acknowledge. */
export function createEscalate(
  ports: Pick<ExecutionPorts, 'table' | 'clock' | 'engine' | 'notifier' | 'links'>,
): (payload: unknown) => Promise<void> {
  const pager = alertPager(ports);
  return async (payload) => {
    const { table, clock, engine } = ports;
    await escalate({ table, clock, engine, pager }, EscalateRequestSchema.parse(payload));
  };
}
