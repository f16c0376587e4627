import type { ExecutionPorts } from '#executions/ports.ts';
import { escalatingPager } from './escalation/escalating-pager.ts';
import { notifyingPager } from './notifying-pager.ts';
import type { Pager } from './pager.ts';

/** Sends pages by the outbox of notifications, and has escalations run by the engine. */
export function alertPager(ports: Pick<ExecutionPorts, 'table' | 'engine' | 'notifier' | 'links'>): Pager {
  const { notifier, links } = ports;
  return escalatingPager(ports, notifyingPager({ notifier, baseUrl: async () => links?.baseUrl() }));
}
