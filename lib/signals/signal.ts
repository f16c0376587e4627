import * as z from 'zod';
import { newId } from '#core/id.ts';
import { JsonSchema } from '#core/json.ts';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import { isMeantSurely, offerEvent } from './await-event.ts';
import { type EventWait, type SignalEvent, waitsOf } from './event-wait.ts';
import type { SignalPorts } from './ports.ts';
import { tellAll } from './tell-all.ts';

const SignalSchema = z.object({ pk: z.string(), sk: z.string(), name: z.string(), data: JsonSchema });
type Signal = z.infer<typeof SignalSchema>;

/** Tells every task that waits for an event of this name, once and now. Gives how many have taken it. */
export async function publishEvent(ports: SignalPorts, event: SignalEvent): Promise<number> {
  return (await tellAll(ports, event)).taken;
}

/**
 * Tells one execution of an event. The signal is kept until a step of the execution takes it, also one that only later
 * begins to wait; one step takes it, once. Says whether one has.
 */
export async function sendSignal(
  ports: SignalPorts,
  execution: string,
  { name, data }: SignalEvent,
): Promise<boolean> {
  const key = taskKeys.signal(execution, newId(ports.clock, ports.random));
  const signal: Signal = { ...key, name, data };
  await ports.table.put(signal);
  for await (const wait of waitsOf(ports.table, execution)) {
    if (wait.event !== name || !(await isMeantSurely(wait, data))) continue;
    if (await claim(ports.table, signal, wait))
      return offerEvent(ports, wait, { event: data, mayHear: async () => true });
  }
  return false;
}

/** The first signal kept for a wait's execution that is meant for it; it is taken away. */
export async function takeSignal(table: Table, wait: EventWait): Promise<SignalEvent | undefined> {
  const execution = wait.id.slice(0, wait.id.indexOf(':'));
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.signalPrefix };
  for await (const item of queryAll(table, query)) {
    const signal = SignalSchema.parse(item);
    if (signal.name !== wait.event || !(await isMeantSurely(wait, signal.data))) continue;
    if (await claim(table, signal, wait)) return signal;
  }
  return undefined;
}

/** A signal stays marked with who has it, so that a task that is called again finds it again. */
async function claim(table: Table, signal: Signal, wait: EventWait): Promise<boolean> {
  try {
    await table.update({
      key: { pk: signal.pk, sk: signal.sk },
      set: { takenBy: wait.id },
      condition: {
        any: [
          { attribute: 'takenBy', present: false },
          { attribute: 'takenBy', equals: wait.id },
        ],
      },
    });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
