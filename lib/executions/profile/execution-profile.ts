import { commandsOf } from '#devices/command-store.ts';
import { describeExecution } from '../describe.ts';
import type { Execution } from '../execution.ts';
import type { ExecutionPorts } from '../ports.ts';
import { wholeHistory } from '../read-history.ts';
import { getVersion } from '../workflow-store.ts';
import { type ExecutionProfile, profileOf } from './profile.ts';

/** The profile of an execution, as far as it has come. Throws SW4044. */
export async function profileExecution(
  ports: Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>,
  id: string,
): Promise<{ readonly execution: Execution; readonly profile: ExecutionProfile }> {
  const { steps, ...execution } = await describeExecution(ports, id);
  const [{ compiled }, history, commands] = await Promise.all([
    getVersion(ports.table, execution.workflow, execution.version),
    wholeHistory(ports.engine, { machine: execution.machine, name: id }),
    commandsOf(ports.table, id),
  ]);
  const until = ports.clock.now();
  return { execution, profile: profileOf({ compiled, history, commands, steps, until }) };
}
