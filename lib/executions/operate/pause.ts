import { executionKeys } from '#table/keys.ts';
import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { type Operator, recorded } from './action.ts';
import { demandRunning } from './refusals.ts';

/**
 * Pauses an execution: the steps that are under way end, and no other begins until it is resumed. Timers run on. Gives the
 * execution as it then is. Throws SW4044, SW4061, SW4066.
 */
export function pauseExecution(ports: ExecutionPorts, id: string, operator: Operator): Promise<Execution> {
  return change(ports, id, { ...operator, operation: 'pause' });
}

/** Lets a paused execution go on. Without effect on one that is not paused. Throws SW4044, SW4061, SW4066. */
export function resumeExecution(ports: ExecutionPorts, id: string, operator: Operator): Promise<Execution> {
  return change(ports, id, { ...operator, operation: 'resume' });
}

const WORDS = { pause: 'paused', resume: 'resumed' } as const;

async function change(
  ports: ExecutionPorts,
  id: string,
  { operation, ...operator }: Operator & { readonly operation: 'pause' | 'resume' },
): Promise<Execution> {
  const execution = await getExecution(ports.table, id);
  demandRunning(execution, WORDS[operation]);
  const ref = { machine: execution.machine, name: id };
  return recorded(ports, { ...operator, operation, details: {}, execution: id }, async () => {
    await ports.engine[operation](ref);
    const key = executionKeys.meta(id);
    const isPaused = operation === 'pause';
    await ports.table.update(
      isPaused ? { key, set: { pausedAt: ports.clock.now() } } : { key, remove: ['pausedAt'] },
    );
    return getExecution(ports.table, id);
  });
}
