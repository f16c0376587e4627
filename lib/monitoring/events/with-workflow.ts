import { executionKeys } from '#table/keys.ts';
import type { Item, Key } from '#table/table.ts';
import type { RecordChange } from './change-of.ts';
import type { MonitoringEvent } from './event.ts';

/** Which workflow an execution runs, in which version. */
export interface WorkflowOfExecution {
  readonly workflow: string;
  readonly version: string;
}

/** So many executions are remembered with their workflows at least; twice as many at most. */
const LEAST = 5_000;

/**
 * Which workflow an execution runs: records of its steps and commands do not say. Remembers those whose own record has gone
 * by, and those that were looked up.
 */
export class WorkflowMemory {
  /** In two generations: to forget the older one at once takes less than to keep order among all. */
  #latest = new Map<string, WorkflowOfExecution>();
  #earlier = new Map<string, WorkflowOfExecution>();

  /** Learns from a change of a record, if it is one of an execution. */
  learn({ key, after }: Pick<RecordChange, 'key' | 'after'>): void {
    if (key.sk !== 'META' || !key.pk.startsWith('EXECUTION#')) return;
    const execution = key.pk.slice('EXECUTION#'.length);
    const known = this.#latest.get(execution);
    // Its other changes are many; a redrive may be by another version.
    if (known === undefined || known.version !== after?.['version']) this.#keep(execution, after);
  }

  /** The workflow, where it is remembered. */
  find(execution: string): WorkflowOfExecution | undefined {
    return this.#latest.get(execution) ?? this.#earlier.get(execution);
  }

  /** The workflow, which is looked up where it is not remembered. */
  findOr(execution: string, read: (key: Key) => Item | undefined): WorkflowOfExecution | undefined {
    return this.find(execution) ?? this.#keep(execution, read(executionKeys.meta(execution)));
  }

  /** The same, for who has to wait for the answer. */
  async findOrAsk(
    execution: string,
    read: (key: Key) => Promise<Item | undefined>,
  ): Promise<WorkflowOfExecution | undefined> {
    return this.find(execution) ?? this.#keep(execution, await read(executionKeys.meta(execution)));
  }

  #keep(execution: string, item: Item | undefined): WorkflowOfExecution | undefined {
    // Not by a schema: it is done for each change of an execution.
    const [workflow, version] = [item?.['workflow'], item?.['version']];
    if (typeof workflow !== 'string' || typeof version !== 'string') return undefined;
    const found = { workflow, version };
    if (this.#latest.size >= LEAST) [this.#earlier, this.#latest] = [this.#latest, new Map()];
    this.#latest.set(execution, found);
    return found;
  }
}

/** An event with the workflow that it is about. */
export function withWorkflow(
  event: MonitoringEvent,
  found: WorkflowOfExecution | undefined,
): MonitoringEvent {
  if (found === undefined || event.workflow !== undefined) return event;
  return { ...event, workflow: found.workflow, version: found.version };
}
