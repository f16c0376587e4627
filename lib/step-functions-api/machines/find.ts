import { machineArn, readMachineArn } from '../arn.ts';
import type { Revision, StoredMachine } from '../catalogue/machine-store.ts';
import { conflict, machineDeleting, noStateMachine, validationFault } from '../faults.ts';
import type { ApiParts } from '../parts.ts';

/** A machine that is there. One that was to be deleted is gone as soon as none of its executions runs. */
export function liveMachine(parts: ApiParts, name: string): StoredMachine | undefined {
  const { catalogue, executions } = parts;
  const found = catalogue.machines.find(name);
  if (found?.deleting !== true || executions.isRunning(name)) return found;
  const removed = catalogue.database.commit(() => {
    catalogue.machines.remove(name);
    catalogue.tags.removeAll(machineArn(name));
  });
  // What could not be removed is looked at again, and removed then.
  removed.catch(() => undefined);
  return undefined;
}

/** The machine that an ARN names, alone or by a version or alias. Throws StateMachineDoesNotExist. */
export function demandMachine(parts: ApiParts, arn: string): StoredMachine {
  const found = liveMachine(parts, readMachineArn(arn).machine);
  if (found === undefined) throw noStateMachine(arn);
  return found;
}

/** A machine that may be changed, named by its own ARN, not that of a version. */
export function demandChangeable(parts: ApiParts, arn: string): StoredMachine & { readonly current: number } {
  if (readMachineArn(arn).qualifier !== undefined) throw noStateMachine(arn);
  const machine = demandMachine(parts, arn);
  if (machine.deleting) throw machineDeleting(arn);
  if (machine.current === undefined) throw conflict(fixedMessage(machine.name));
  return { ...machine, current: machine.current };
}

/** Refuses to delete or publish what the product itself has deployed. */
export function fixedFault(machine: string): Error {
  return validationFault(fixedMessage(machine));
}

function fixedMessage(machine: string): string {
  return `State Machine '${machine}' belongs to a published workflow and never changes; publish another version of the workflow`;
}

/** A revision that is known to be there. */
export function revisionOf({ catalogue }: ApiParts, id: number): Revision {
  const revision = catalogue.machines.revision(id);
  if (revision === undefined) throw new Error(`there is no revision ${id} in the catalogue`);
  return revision;
}
