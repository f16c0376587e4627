import * as z from 'zod';
import { machineArn, readMachineArn } from '../arn.ts';
import { validationFault } from '../faults.ts';
import { ArnField } from '../fields.ts';
import { operation } from '../operation.ts';
import { fixedFault, liveMachine } from './find.ts';

/** `DeleteStateMachine`: at once where nothing runs, else when what runs has ended. One that is not there is deleted already. */
export const deleteStateMachine = operation(
  z.object({ stateMachineArn: ArnField }),
  async ({ stateMachineArn }, parts) => {
    const { machine, qualifier } = readMachineArn(stateMachineArn);
    if (qualifier !== undefined) {
      throw validationFault(
        'A version is deleted by DeleteStateMachineVersion, an alias by DeleteStateMachineAlias',
      );
    }
    const found = liveMachine(parts, machine);
    if (found === undefined) return {};
    if (found.owner === 'engine') throw fixedFault(machine);
    const { database, machines, tags } = parts.catalogue;
    const mustWait = parts.executions.isRunning(machine);
    await database.commit(() => {
      if (mustWait) return machines.markDeleting(machine);
      machines.remove(machine);
      tags.removeAll(machineArn(machine));
    });
    return {};
  },
);
