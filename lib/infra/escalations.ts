import { AlertFileSchema } from '#definition/alert/alert.ts';
import { loadProject } from '#definition/load.ts';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { executionArns, type MachineDefinition, type Machines } from './machines.ts';
import { allowChildren, type ServiceFunction } from './service-function.ts';

/**
 * Makes each escalation of the alert files of a project a state machine, as publishing them over the API does. Two that do the
 * same are one.
 */
export function addEscalations(machines: Machines, folder: string): void {
  for (const machine of projectEscalations(folder)) machines.add(machine);
}

/** The machines of all escalations of a project that is valid. */
function projectEscalations(folder: string): readonly MachineDefinition[] {
  const files = loadProject(folder).documents.flatMap(({ kind, source }) =>
    kind === 'alert' ? [AlertFileSchema.parse(source.value)] : [],
  );
  const all = files.flatMap((file) => [...escalationMachines(file).values()]);
  return [...new Map(all.map((machine) => [machine.name, machine])).values()];
}

/** Lets a function make links by which an execution can be helped: for what is possible with it then. */
export function letOfferHelp(sender: ServiceFunction): void {
  const reading = ['states:DescribeExecution', 'states:GetExecutionHistory'];
  allowChildren(sender).allow(reading, [executionArns(sender, '*')]);
}
