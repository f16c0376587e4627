import type { ExecutionPorts } from '#executions/ports.ts';
import { escalatingPager } from './escalation/escalating-pager.ts';
import { withFailedDevices } from './failed-devices.ts';
import { recordingPager } from './history/page-store.ts';
import { notifyingPager } from './notifying-pager.ts';
import type { Pager } from './pager.ts';

/** Sends pages by the outbox of notifications, keeps them for the history of alerts, and has escalations run by the engine. */
export function alertPager(ports: Pick<ExecutionPorts, 'table' | 'engine' | 'notifier' | 'links'>): Pager {
  const { notifier, links } = ports;
  const notifying = notifyingPager({
    notifier,
    baseUrl: async () => links?.baseUrl(),
    withDevices: (alert) => withFailedDevices(ports.table, alert),
  });
  return recordingPager(ports, escalatingPager(ports, notifying));
}
