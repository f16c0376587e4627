import { ESCALATION_PREFIX } from '#executions/escalation-machine-name.ts';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import type { DeployedAlerts } from './alert-files.ts';
import { executionArns, type Machines, machineArn } from './machines.ts';
import { allowChildren, type ServiceFunction } from './service-function.ts';

/**
 * Makes each escalation of the alert files of a project a state machine, as publishing them over the API does. Two that do the
 * same are one.
 */
export function addEscalations(machines: Machines, alerts: readonly DeployedAlerts[]): void {
  const all = alerts.flatMap(({ file }) => [...escalationMachines(file).values()]);
  for (const machine of new Map(all.map((one) => [one.name, one])).values()) machines.add(machine);
}

/** Lets a function begin and end escalations. */
export function letEscalate(looker: ServiceFunction): void {
  looker
    .allow(['states:StartExecution'], [machineArn(looker, `${ESCALATION_PREFIX}*`)])
    .allow(['states:SendTaskSuccess'], [machineArn(looker, '*')]);
}

/** Lets a function make links by which an execution can be helped: for what is possible with it then. */
export function letOfferHelp(sender: ServiceFunction): void {
  const reading = ['states:DescribeExecution', 'states:GetExecutionHistory'];
  allowChildren(sender).allow(reading, [executionArns(sender, '*')]);
}
