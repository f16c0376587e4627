import { executionKeys } from '#table/keys.ts';
import type { Item, Key } from '#table/table.ts';
import type { RecordChange } from './change-of.ts';
import type { MonitoringEvent } from './event.ts';

/** Which workflow an execution runs, in which version. */
export interface WorkflowOfExecution {
  readonly workflow: string;
  readonly version: string;
}

const EXECUTION = 'EXECUTION#';
/** So many executions are remembered with their workflows at least; three times as many at most. */
const LEAST = 5_000;

/**
 * Which workflow an execution runs: records of its steps and commands do not say. Remembers those whose own record has gone
 * by, and those that were looked up.
 */
export class WorkflowMemory {
  /** In two generations: to forget the older one at once takes less than to keep order among all. */
  #latest = new Map<string, WorkflowOfExecution>();
  #earlier = new Map<string, WorkflowOfExecution>();
  /** What was learned and is not in order yet: for most executions nobody asks. */
  #learned: (WorkflowOfExecution & { readonly pk: string })[] = [];

  /** Learns from a change of a record, if it is one of an execution: from its first, and from a redrive by another version. */
  learn({ key, before, after }: Pick<RecordChange, 'key' | 'before' | 'after'>): void {
    if (key.sk !== 'META' || before?.['version'] === after?.['version']) return;
    const found = key.pk.startsWith(EXECUTION) ? workflowOf(after) : undefined;
    if (found !== undefined && this.#learned.push({ pk: key.pk, ...found }) >= LEAST) this.#order();
  }

  /** The workflow, where it is remembered. */
  find(execution: string): WorkflowOfExecution | undefined {
    this.#order();
    return this.#latest.get(execution) ?? this.#earlier.get(execution);
  }

  /** The workflow, which is looked up where it is not remembered. */
  findOr(execution: string, read: (key: Key) => Item | undefined): WorkflowOfExecution | undefined {
    return this.find(execution) ?? this.#keep(execution, workflowOf(read(executionKeys.meta(execution))));
  }

  /** The same, for who has to wait for the answer. */
  async findOrAsk(
    execution: string,
    read: (key: Key) => Promise<Item | undefined>,
  ): Promise<WorkflowOfExecution | undefined> {
    return (
      this.find(execution) ?? this.#keep(execution, workflowOf(await read(executionKeys.meta(execution))))
    );
  }

  #order(): void {
    for (const { pk, workflow, version } of this.#learned)
      this.#keep(pk.slice(EXECUTION.length), { workflow, version });
    this.#learned = [];
  }

  #keep(execution: string, found: WorkflowOfExecution | undefined): WorkflowOfExecution | undefined {
    if (found === undefined) return undefined;
    if (this.#latest.size >= LEAST) [this.#earlier, this.#latest] = [this.#latest, new Map()];
    this.#latest.set(execution, found);
    return found;
  }
}

/** Not by a schema: it is asked of each execution as it begins. */
function workflowOf(item: Item | undefined): WorkflowOfExecution | undefined {
  const [workflow, version] = [item?.['workflow'], item?.['version']];
  return typeof workflow === 'string' && typeof version === 'string' ? { workflow, version } : undefined;
}

/** An event with the workflow that it is about. */
export function withWorkflow(
  event: MonitoringEvent,
  found: WorkflowOfExecution | undefined,
): MonitoringEvent {
  if (found === undefined || event.workflow !== undefined) return event;
  return { ...event, workflow: found.workflow, version: found.version };
}
