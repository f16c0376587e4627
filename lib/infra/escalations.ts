import type { AlertFile } from '#definition/alert/alert.ts';
import { ESCALATION_PREFIX } from '#executions/escalation-machine-name.ts';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { type Machines, machineArn } from './machines.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * Makes each escalation of the alert files of a project a state machine, as publishing them over the API does. Two that do the
 * same are one.
 */
export function addEscalations(machines: Machines, files: readonly AlertFile[]): void {
  const all = files.flatMap((file) => [...escalationMachines(file).values()]);
  for (const machine of new Map(all.map((one) => [one.name, one])).values()) machines.add(machine);
}

/** Lets a function begin and end escalations. */
export function letEscalate(looker: ServiceFunction): void {
  looker
    .allow(['states:StartExecution'], [machineArn(looker, `${ESCALATION_PREFIX}*`)])
    .allow(['states:SendTaskSuccess'], [machineArn(looker, '*')]);
}
