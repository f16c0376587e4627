import type { SignalEvent } from '#signals/event-wait.ts';
import { sendSignal } from '#signals/signal.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { type Operator, recorded } from './action.ts';

/** Tells an execution of an event, for an operator. Says whether a step has taken it already. Throws SW4044. */
export async function signalExecution(
  ports: ExecutionPorts,
  execution: string,
  { event, ...operator }: Operator & { readonly event: SignalEvent },
): Promise<boolean> {
  await getExecution(ports.table, execution);
  const details = { name: event.name, data: event.data };
  const asked = { ...operator, operation: 'signal', details, execution } as const;
  return recorded(ports, asked, () => sendSignal(ports, execution, event));
}
