import { allDevices, findDevice } from '#devices/registry.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { AlertRunner } from '#monitoring/alerts/alert-runner.ts';
import type { Pager } from '#monitoring/alerts/pager.ts';
import type { Monitoring } from './monitoring.ts';

/** What evaluating alerts takes in this process. */
export interface AlertsOptions {
  readonly monitoring: Monitoring;
  readonly ports: Pick<ExecutionPorts, 'table' | 'clock'>;
  readonly pager: Pager;
  onDefect(error: unknown): void;
}

/** Begins to evaluate the alerts that are published. */
export function startAlerts({ monitoring, ports, pager, onDefect }: AlertsOptions): AlertRunner {
  const { table, clock } = ports;
  return new AlertRunner({
    ...{ log: monitoring.log, tail: monitoring.tail, table, clock, pager, onDefect },
    devices: () => allDevices(table),
    findDevice: (id) => findDevice(table, id),
  });
}
